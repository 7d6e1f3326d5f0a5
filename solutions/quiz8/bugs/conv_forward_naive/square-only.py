"""The width of the output is computed from the height of the image

An image has two sizes, a height and a width, and they need not be equal. The number of output rows follows from the
height, the number of output columns from the width. In your function the height is used for both. For a square
image both are the same, so every test with square images passes. For a wide image your output has too few columns,
and the right part of the image is never looked at. For a tall one your windows reach past the right edge, and NumPy
stops with an error about shapes. See it yourself: call your function with an image of 4 rows and 7 columns, then
with 7 rows and 4 columns, and compare each output shape with the formula from the notebook.

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
