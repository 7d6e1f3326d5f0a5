"""The padding is always 1

Your function puts one ring of zeros around the image, no matter which padding the caller asks for. One ring is the
usual choice for a 3x3 filter, and it is what the example in the notebook uses, so there the result is right. But a
5x5 filter often comes with two rings, and many layers have none. With no padding your output is too large and
starts with windows that reach over the edge; with two rings it is too small. See it yourself: call your function on
a small image with a padding of 0, 1 and 2, print the three output shapes, and compare them with the formula from
the notebook. Every number that the caller may choose has to come from the arguments, never from the example at
hand.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride = conv_param["stride"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), "constant", constant_values=0)
    H_out = 1 + (H + 2 - HH) // stride
    W_out = 1 + (W + 2 - WW) // stride
    out = np.zeros((N, F, H_out, W_out))
    for i in range(H_out):
        for j in range(W_out):
            window = x_pad[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            for f in range(F):
                out[:, f, i, j] = np.sum(window * w[f], axis=(1, 2, 3)) + b[f]
    return out, (x, w, b, conv_param)
