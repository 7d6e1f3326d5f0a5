"""Works for square filters only

A filter has a height and a width, and they need not be equal. Both decide which pixels belong to a window, and so
which weights and which pixels share a gradient. Somewhere in your function one of them is used for both, or equal
sides are taken for granted. For square filters that makes no difference, and nearly all examples are square. For a
wide or a tall one some weights get no gradient, the pixels under them receive too little, or Python stops with an
error about an index or a shape. See it yourself: run a numerical gradient check with a filter of 2 rows and 3
columns, and look at which column of the filter's gradient is wrong. Then try 3 rows and 2 columns. Tests with sizes
that are all different bring such mistakes to light.

Known by its cases.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    K = w.shape[2]
    _, F, H_out, W_out = dout.shape

    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))

    for i in range(H_out):
        for j in range(W_out):
            for k in range(K):
                for m in range(K):
                    row, col = i * stride + k, j * stride + m
                    dw[:, :, k, m] += dout[:, :, i, j].T @ x_pad[:, :, row, col]
                    dx_pad[:, :, row, col] += dout[:, :, i, j] @ w[:, :, k, m]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
