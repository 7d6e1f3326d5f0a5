"""The caller's upstream gradient is changed

A slice or another shape of a NumPy array is not a copy: it is a view, a window onto the same numbers in memory.
Whatever is written there, also by adding in place, is written into the array that the caller holds. Your three
gradients may be right, but the upstream gradient is no longer what it was when it came in. If it is needed again,
for a second path through the network or for a check, everything that follows is wrong, and nobody will look for the
reason in this layer. With a single image some of these mistakes can not be noticed. See it yourself: keep a copy of
the upstream gradient, call backward with a batch of two images, and compare the two afterwards, their shapes
included. Then ask, for each array that you change, who else holds it.
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

    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]

    total = dout[0]
    for n in range(1, N):
        total += dout[n]
    db = total.sum(axis=(1, 2))

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
