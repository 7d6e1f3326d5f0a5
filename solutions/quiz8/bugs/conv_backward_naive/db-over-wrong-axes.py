"""The sum for db runs over the wrong axes

Adding up along an axis makes this axis disappear. For the bias, all axes have to go but one: the one that tells the
filters apart, for each filter owns one bias. The upstream gradient is ordered as images, filters, rows, columns.
Your sum makes the filters disappear and lets another axis survive, for example the columns, and so the
contributions of different filters are mixed. If there happen to be as many columns as filters, even the shape is
right and only the values are wrong. See it yourself: make an upstream gradient with 2 images, 3 filters, 4 rows and
5 columns in which everything that belongs to the second filter is 1 and the rest is 0. Before you run it, predict
what the gradient of the biases ought to be; then compare.
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
    db = np.sum(dout, axis=(0, 1, 2))

    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
