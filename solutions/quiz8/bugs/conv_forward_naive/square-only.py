"""Works for square images only

An image has two sizes, a height and a width, and they need not be equal. The rows of the output follow from the
height, its columns from the width, and each of the two has to be used in its own place: in the size of the output,
in the padded image, in the loops, and wherever an array is given another shape. Somewhere in your function one of
them stands in for the other, or equal sizes are taken for granted. For a square image nothing can be noticed, and
so every test with square images passes. For a wide or a tall one values end up in other places, are left out, or
NumPy stops with an error about shapes. See it yourself: call your function with an image of 4 rows and 7 columns,
then with 7 rows and 4 columns, and compare each output shape with the formula from the notebook.

Known by its cases.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (H + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)
