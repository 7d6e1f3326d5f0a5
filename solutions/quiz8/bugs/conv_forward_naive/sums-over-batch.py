"""The sum runs over all examples of the batch

A batch is a stack of images that are worked on in one call to save time. The images have nothing to do with each
other: the output for one must not depend on its neighbours in the batch. Your sum of products runs over all axes,
and the first of them is the batch. So the results of all images are added together, and every image gets the same
total. With a batch of one image your result is right, and so the mistake is easy to miss. See it yourself: run your
function on one image alone, and then on a batch that holds this image and a second one. Compare the outputs for the
first image. Then ask, for each sum in your code, over which axes it runs and which axes should be left.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), "constant")
    out = np.zeros((N, F, H_out, W_out))
    for f in range(F):
        for i in range(H_out):
            for j in range(W_out):
                window = x_pad[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                out[:, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)
