"""The frame holds pixels of the image instead of zeros

There are several ways to put a frame around an image. One repeats the pixels at the edge, one mirrors the image,
one goes on at the opposite side, and one fills the frame with zeros. This exercise asks for zeros: then the frame
adds nothing to any sum of products, and both passes stay simple. Your frame holds pixels of the image, so outputs
near the border come out different, while those in the middle are right. Without padding there is no frame and no
difference. See it yourself: run your function on an image of ones with a 3x3 filter of ones and a padding of 1. A
window in the corner covers only four real pixels. Compare your corner value with that, then print your padded image
and look at its outermost ring.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="edge")
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)
