"""The stride spreads the pixels inside a window

There are two distances in a convolution. One says how far the whole window jumps from one output to the next; that
is the stride. The other says how far apart the pixels inside a window are; it is called dilation, and in this
exercise it is always 1. Your function uses the stride for the second: windows advance by one pixel, and inside a
window pixels are skipped. The output has the proper size, so its shape hides the mix-up, and at a stride of 1 the
two distances are equal. See it yourself: with a stride of 2, give your function a 6x6 image whose pixels are
numbered from 0 to 35 and a 2x2 filter that holds zeros and a single 1 in its lower right corner. The outputs name
the pixels that were used. Mark them on squared paper.
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
                    window = x_pad[n, :, i : i + HH * stride : stride, j : j + WW * stride : stride]
                    out[n, f, i, j] = np.sum(window * w[f, :, : window.shape[1], : window.shape[2]]) + b[f]
    return out, (x, w, b, conv_param)
