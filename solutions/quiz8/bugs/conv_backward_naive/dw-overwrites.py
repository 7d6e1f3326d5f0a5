"""dw keeps only the contribution of the last window

A filter is used again and again: it slides over the whole image, and over every image in the batch. Each of these
places says something about how the filter should change, and by the chain rule all their contributions are added
up. Your function stores each contribution in the filter's gradient and so wipes out the one before it. What is left
comes from the last window of the last image alone. Only if there is a single image and a single output for each
filter is the result right. See it yourself: change the first image of a batch and leave the last one as it is. If
the gradient of the filter does not change at all, the first image has been forgotten. Then compare with a numerical
gradient.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape

    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))

    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dw[f] = x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
