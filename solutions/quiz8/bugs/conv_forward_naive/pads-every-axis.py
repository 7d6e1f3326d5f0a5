"""The zeros are added on all four axes

The input has four axes: the examples, the channels, the height and the width. Only height and width belong to the
picture, so only they get a frame of zeros. Your function gives one padding to all axes. NumPy then also adds empty
examples before the first and after the last, and empty channels around the real ones. From there on every index is
shifted: what you take for the first example is an invented one that holds nothing but zeros, and so its outputs are
just the bias. Without padding nothing is added, and your result is right. See it yourself: pad an input with 2
examples and 3 channels by 1, and print the shape before and after. How many examples and channels should there be?
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, pad, mode="constant")
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    total = b[f]
                    for c in range(C):
                        window = x_pad[n, c, i * stride : i * stride + HH, j * stride : j * stride + WW]
                        total = total + np.sum(window * w[f, c])
                    out[n, f, i, j] = total
    return out, (x, w, b, conv_param)
