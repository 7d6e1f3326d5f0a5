"""The gradients of input and filters stand in each other's place

A function with several results hands them over like a row of sealed envelopes: what counts is the place in the row,
not the name that you gave them inside. The caller opens the first as the gradient of the input, the second as that
of the filters and the third as that of the biases. You have computed good gradients, but the first two envelopes
are exchanged. So the layer below receives an array with the shape of the filters, and the filters are to be changed
by an array with the shape of the images. Mostly this ends with an error about shapes, at a place far from here.
See it yourself: choose 2 images, 3 channels and 4 filters, write down the shapes of images, filters and biases, and
print the shapes of your three results below them in their order.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape

    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))

    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dw, dx, db
