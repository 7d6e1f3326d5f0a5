"""Only the first channel is used

A colour image has three channels: red, green and blue. A filter is just as deep as the image, with one layer of
numbers for each channel. One output is the sum over ALL of them: multiply the window and the filter in every
channel, and add everything up. Your function does this for the first channel only, so a filter could see red but
never green or blue, and most of the numbers in the filter have no influence at all. With a single channel, as in a
grey image, your result is right. See it yourself: take an input with two channels, fill the first with zeros and
the second with other numbers, and look at the output. Then change a number in the filter's second channel, and see
whether anything happens.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        image = np.pad(x[n, 0], pad)
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    rows = slice(i * stride, i * stride + HH)
                    cols = slice(j * stride, j * stride + WW)
                    out[n, f, i, j] = np.sum(image[rows, cols] * w[f, 0]) + b[f]
    return out, (x, w, b, conv_param)
