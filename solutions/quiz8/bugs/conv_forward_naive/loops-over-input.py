"""The loops run over the image instead of the output

The naive method fills in one output after the other, so its loops must visit every place of the OUTPUT once. Yours
visit the places of the image. For a 3x3 filter with one ring of zeros and a stride of 1 both have the same size,
and the result is right. In most other cases the output is smaller than the image: then the window reaches over the
edge or you write past the end of the output, and Python stops with an error. If the output is larger, its last rows
and columns are never filled in and stay zero. See it yourself: call your function without padding, then with a 1x1
filter and a padding of 2, and in each case compare the size of the image with the size of the output.
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
            for i in range(H):
                for j in range(W):
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)
