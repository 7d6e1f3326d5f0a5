"""The number of filters is taken for the height of a filter

The shape of the filters holds four numbers, and two of them are easy to mix up because of their letters: how many
filters there are, and how tall each filter is. When you cut the window out of the image, you use the number of
filters for its height. If there happen to be three filters of height three, both numbers are equal and the result
is right. In other cases the window has the wrong number of rows and does not fit the filter, and NumPy stops with
an error about shapes. See it yourself: call your function with five filters of size 3x3 and print the shape of one
window. Test code with sizes that are all different, and such mix-ups show at once.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    out[n, f, i, j] = np.sum(x_pad[n, :, hs : hs + F, ws : ws + WW] * w[f]) + b[f]
    return out, (x, w, b, conv_param)
