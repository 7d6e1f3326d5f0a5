"""Works for square images only

The image and the upstream gradient both have a height and a width, and the two need not be equal. Rows belong to
the height, columns to the width, in the loops, in the padded gradient, and where the frame is cut off again.
Somewhere in your function one of the two stands in for the other, or equal sizes are taken for granted. For square
images nothing can be noticed, and so every test with square images passes. For a wide or a tall one some gradients
are lost, others land in the wrong place, or Python stops with an error about a shape or an index. See it yourself:
run forward and backward on an image of 4 rows and 7 columns, then on one of 7 rows and 4 columns, and compare with
a numerical gradient.

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
