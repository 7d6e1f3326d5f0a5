"""Only the largest product in a window counts

Two layers of a convolutional network slide a window over the image, and they are easily confused. Max pooling has
no weights and picks the largest value in each window. Convolution weighs every pixel and lets them all take part in
the result. Your function is a mixture: it weighs the pixels, then picks the largest product and forgets the others.
So a single bright pixel decides everything, and negative weights have hardly any say. A filter that compares left
with right, with a plus one on one side and a minus one on the other, cannot work this way. See it yourself: choose
a window and a filter, both with positive numbers, and change one pixel slightly, but not the one with the largest
product. In a convolution each pixel matters. Does your output move?
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
                    out[n, f, i, j] = np.max(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)
