"""The number of output rows is used for the columns too

The upstream gradient has a height and a width, and they need not be equal. Your loops run over as many columns as
there are rows. When the output is square, both numbers are the same, and so every test with square images passes.
When the output is wide, its last columns are never visited, and their gradients are lost. When it is tall, the loop
asks for columns that do not exist, and Python stops with an error about an index. See it yourself: run forward and
backward on an image of 4 rows and 7 columns, then on one of 7 rows and 4 columns, and compare with a numerical
gradient. It is a good habit to test with sizes that are all different, because then no number can stand in for
another by chance.

Known by its cases.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = dout.shape[2]

    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))

    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(H_out):
                    hs, ws = i * stride, j * stride
                    dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
