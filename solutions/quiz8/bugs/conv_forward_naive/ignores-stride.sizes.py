"""The stride is not used at all

The stride says how far the window moves from one output to the next. A stride of 2 skips every second position, so
the output has about half as many rows and columns. Your function always moves by one position. Each number in your
output is a correct sum of products, but there are too many of them: the positions that should be skipped are still
there. The next layer then receives an array of the wrong size. With a stride of 1 everything is right, so a test
with that stride alone cannot show the mistake. See it yourself: work out the size of the output with the formula
from the notebook for an 8x8 image, a 2x2 filter and a stride of 2, and compare it with the shape that you get.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    pad = conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = H + 2 * pad - HH + 1
    W_out = W + 2 * pad - WW + 1
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    out[n, f, i, j] = np.sum(x_pad[n, :, i : i + HH, j : j + WW] * w[f]) + b[f]
    return out, (x, w, b, conv_param)
