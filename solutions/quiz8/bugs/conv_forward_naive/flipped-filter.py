"""The filter is flipped before it is applied

In mathematics and signal processing a convolution turns the filter upside down and left to right before it slides
over the image. The layer that deep learning calls convolution does not do this: it lays the filter on the window as
it is, multiplies the numbers that lie on each other, and adds them up. The exact name for that is
cross-correlation. Since a network learns its filters, it could learn flipped ones just as well, but everybody has
to agree on one way, or trained filters cannot be shared. With a symmetric filter both ways give the same. See it
yourself: take a 3x3 input and a 2x2 filter whose four numbers differ, work out the first output by hand, and
compare it with yours.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    kernel = w[:, :, ::-1, ::-1]
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * kernel[f]) + b[f]
    cache = (x, w, b, conv_param)
    return out, cache
