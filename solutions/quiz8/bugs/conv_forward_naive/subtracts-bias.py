"""The bias is subtracted from the sum of products

A bias is a head start for a filter: a positive one lifts all its outputs, a negative one lowers them. In your
function it works the other way round, so a filter that should be eager becomes shy. In some textbooks a threshold
is taken off the sum, which may be where the sign came from. A threshold and a bias mean nearly the same thing, but
with opposite signs. The backward pass of this exercise counts on a head start; together with your forward pass it
would push every bias in the wrong direction. With biases of zero nobody can tell. See it yourself: run your
function on one image, once with a bias of 0 and once with a bias of 5, and take the first output away from the
second. Which sign does the difference have?
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
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) - b[f]
    return out, (x, w, b, conv_param)
