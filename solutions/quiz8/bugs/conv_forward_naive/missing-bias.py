"""The bias is not added

Each filter has a bias, one single number that is added to all of its outputs. It lets the filter say from which
point on a sum of products should count as large. Without it, a black image can only give zeros, whatever the
network has learned. Your sums of products are right, but the biases are never used, so all outputs of a filter are
off by the same amount. If the biases are all zero, as they often are at the start of training, nothing can be
noticed. See it yourself: call your function with an input of zeros and biases that differ from each other, and look
at the output. Then search your function for every place where the third argument is used.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride = conv_param["stride"]
    pad = conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)])
    h_out = (H + 2 * pad - HH) // stride + 1
    w_out = (W + 2 * pad - WW) // stride + 1
    out = np.zeros((N, F, h_out, w_out))
    for f in range(F):
        for i in range(h_out):
            for j in range(w_out):
                r, c = i * stride, j * stride
                out[:, f, i, j] = (padded[:, :, r : r + HH, c : c + WW] * w[f]).sum(axis=(1, 2, 3))
    return out, (x, w, b, conv_param)
