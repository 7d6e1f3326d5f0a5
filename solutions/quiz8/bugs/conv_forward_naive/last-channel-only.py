"""Each channel's result replaces the one before, so only the last counts

An image with several channels is a pile of sheets, and a filter has a sheet of weights for each. To get one output
you go through the pile, sheet after sheet, and the results must come together in one total. Your loop visits every
sheet, which is right. But each time round, the new result takes the place of the previous one, like a note that is
written on the same spot of a blackboard after wiping it. At the end only the sheet visited last can be read, and
the earlier work was for nothing. For grey pictures, with one sheet, this does no harm. See it yourself: build an
image with three channels, fill one of them with ones and the other two with zeros, and try all three ways to do
that. For which of them does the output notice the ones?
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
                    for c in range(C):
                        window = x_pad[n, c, i * stride : i * stride + HH, j * stride : j * stride + WW]
                        out[n, f, i, j] = np.sum(window * w[f, c])
                    out[n, f, i, j] += b[f]
    return out, (x, w, b, conv_param)
