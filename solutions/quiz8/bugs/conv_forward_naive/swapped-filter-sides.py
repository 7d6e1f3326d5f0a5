"""The filter's height and width are swapped

The shape of the filters holds four numbers: how many filters, how many channels, then the height, then the width.
Your function takes the last two in the wrong order. So the window that you cut out of the image is lying down where
the filter stands upright, and NumPy cannot lay one onto the other: it stops with an error about shapes. For a
square filter both numbers are the same, and all is well. Rows always come before columns, in the image, in the
filter and in the output. See it yourself: call your function with a filter of 2 rows and 3 columns, read the two
shapes in the error message, and say which belongs to the window and which to the filter.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, WW, HH = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for i in range(H_out):
            for j in range(W_out):
                window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                for f in range(F):
                    out[n, f, i, j] = np.einsum("chw,chw->", window, w[f]) + b[f]
    return out, (x, w, b, conv_param)
