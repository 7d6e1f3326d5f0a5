"""The image is not padded

Padding puts a frame of zeros around each image before the filter slides over it. Then the filter can also be
centred on pixels at the edge, and the output does not have to shrink: a 3x3 filter with one ring of zeros keeps the
size of the image. Your function works on the bare image, so the output is too small, and the pixels at the edge
count less than those in the middle. With a padding of 0 there is nothing to add, and your result is right. See it
yourself: work out the size of the output with the formula from the notebook for a 4x4 image, a 3x3 filter and a
padding of 1, and compare it with your shape. Then search your function for every place where the padding is used.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride = conv_param["stride"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H - HH) // stride
    W_out = 1 + (W - WW) // stride
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for i in range(H_out):
            for j in range(W_out):
                patch = x[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                out[n, :, i, j] = np.sum(patch * w, axis=(1, 2, 3)) + b
    return out, (x, w, b, conv_param)
