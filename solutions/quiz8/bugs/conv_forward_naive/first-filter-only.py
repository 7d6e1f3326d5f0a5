"""Every output channel uses the first filter

A layer has several filters so that it can look for several things at once: one may find vertical edges, another one
horizontal edges. Each filter makes an output channel of its own. In your function the sums of products are always
taken with the first filter, so all output channels show the same picture, shifted only by their biases, and the
other filters are never used. With a single filter your result is right. See it yourself: run your function with two
very different filters and biases of zero, and compare the two output channels number by number. Then find the place
where the filter is picked, and ask what decides which one is taken.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((N, F, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            window = x_pad[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            value = np.sum(window * w[0], axis=(1, 2, 3))
            for f in range(F):
                out[:, f, i, j] = value + b[f]
    return out, (x, w, b, conv_param)
