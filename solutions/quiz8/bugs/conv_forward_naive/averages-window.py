"""The products in a window are averaged

After multiplying a window with a filter there are many products, and they have to become one number. Your function
takes their mean. The result has the right pattern, so a picture of it looks perfect, yet it is too small: a 3x3
filter on three channels has 27 products, and their mean is 27 times smaller than what a convolution gives. The bias
has not been made smaller, so it now drowns the pattern out. If a mean is what somebody wants, the filter itself can
hold small weights; the layer should not decide that. See it yourself: take an image of ones, no bias, and filters
of ones with sizes 1, 2 and 3. Work out with pencil and paper what each output should be, and look at how the gap
changes with the size.
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
                    out[n, f, i, j] = np.mean(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)
