"""db is a mean over all outputs of a filter

One bias serves many outputs: it is added at every place of every image. If you raise it a little, all of these
outputs rise together, and the effects on the loss pile up. A mean asks a different question, namely how much a
typical output matters. Your gradient has the right sign and shape, but it is too small by the number of outputs
that a filter has, which can be thousands, and the bias would learn at a snail's pace. A mean in the loss is another
matter; it has left its mark on the upstream gradient before that arrives here. See it yourself: set the upstream
gradient to ones, and measure how much the total of all outputs grows when one bias grows by 1. Try it with a 2x2
and with a 4x4 output.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape

    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.mean(dout, axis=(0, 2, 3))

    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
