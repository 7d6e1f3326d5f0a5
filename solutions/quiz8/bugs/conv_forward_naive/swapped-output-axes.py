"""The output has its rows and columns exchanged

Arrays of images in this course always list the height first and then the width, for the input as well as for the
output. Your sums of products are right, but each is stored with its row where the column belongs. The output is
therefore mirrored along its diagonal: what was at the top right is now at the bottom left. For square images the
shape is still the expected one, so only the numbers tell; for wide images the output becomes tall. The layers
behind it would look for the sky on the left side. See it yourself: take an image of 3 rows and 6 columns that is
zero except for a single 1 in the upper right corner, and a 1x1 filter with the weight 1. Where in the output does
the 1 appear, and how many rows does the output have?
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, W_out, H_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, j, i] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)
