"""The output has one row and one column too few

Think of the window as a train that stands at its first stop before it moves at all. The number of stops is the
number of moves plus one. Your formula counts the moves: how often the window can be shifted by one stride before it
hits the end of the image. The place where it starts is left out, so the last row and the last column of the output
are missing. All the numbers that you do compute are right. See it yourself: take a filter that is just as large as
the image. It fits in exactly one place, so the output must be 1x1. Which size does your function give? Then draw a
row of five pixels and a filter of three, and count the places with your finger.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = (H + 2 * pad - HH) // stride
    W_out = (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)
