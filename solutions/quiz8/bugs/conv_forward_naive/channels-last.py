"""The filters come last in the output's shape

Two orders are in use for stacks of images. Some libraries put the channels at the end, others directly behind the
number of the image. This course uses the second: the input comes as images, channels, rows, columns, and the output
follows the same pattern, with one channel for each filter. Your numbers are correct, but the channels are the last
axis of your output. The next layer would read your rows as its channels and fail, or go on with nonsense. Neither
order is better, but everyone in a network must keep to the same one. See it yourself: choose sizes that cannot be
confused, for example 2 images, 5 filters and an output of 3 rows and 4 columns, print the output's shape, and write
under each number what it counts. Do the same for the input.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, H_out, W_out, F))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, i, j, f] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)
