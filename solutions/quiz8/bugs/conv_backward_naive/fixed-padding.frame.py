"""Exactly one ring is cut off at the end

The forward pass puts a frame of zeros around the input, and the backward pass has to take just this frame off
again. Your function uses the right padding everywhere except in its last step: there it always cuts off one ring.
If the padding is 1, that is correct. With no padding you cut away real pixels, and their gradients are lost. With
two rings one ring of the frame stays on. In both cases the gradient has another shape than the input, so it could
not even be subtracted from it. See it yourself: call backward with a padding of 0, 1 and 2, and print the shape of
the input's gradient each time next to the shape of the input. Look for numbers in your code that come from the
example and not from the arguments.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    F, C, HH, WW = w.shape
    N, F, H_out, W_out = dout.shape

    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = dout.sum(axis=(0, 2, 3))
    for i in range(H_out):
        for j in range(W_out):
            rows = slice(i * stride, i * stride + HH)
            cols = slice(j * stride, j * stride + WW)
            for n in range(N):
                for f in range(F):
                    dw[f] += x_pad[n, :, rows, cols] * dout[n, f, i, j]
                    dx_pad[n, :, rows, cols] += w[f] * dout[n, f, i, j]
    dx = dx_pad[:, :, 1:-1, 1:-1]
    return dx, dw, db
