"""The function stops with an error when there is no padding

A padding of 0 is a perfectly normal request: it means that no zeros are added and the filter stays inside the
image. Your function builds the padded image only when the padding is larger than 0, but the lines below always use
it. So with a padding of 0 they reach for a variable that was never made, and Python stops with an
UnboundLocalError. Each branch of an `if` has to leave behind everything that is needed later. It is often simpler
to have no branch at all: ask yourself what the padding step would do for a padding of 0. See it yourself: call your
function on a small image with a padding of 0, read the name in the error message, and find all lines where this
name gets a value.

Known by its cases.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    if pad > 0:
        x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)
