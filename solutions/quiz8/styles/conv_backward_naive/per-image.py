"""A helper for one image, called for each image of the batch; the sums over the batch grow outside."""

import numpy as np


def backward_one_image(g, image, w, stride, pad):
    F, C, HH, WW = w.shape
    padded = np.pad(image, ((0, 0), (pad, pad), (pad, pad)))
    d_padded = np.zeros(padded.shape)
    dw = np.zeros(w.shape)
    for i in range(g.shape[1]):
        for j in range(g.shape[2]):
            place = np.s_[:, i * stride : i * stride + HH, j * stride : j * stride + WW]
            dw += g[:, i, j].reshape(F, 1, 1, 1) * padded[place]
            d_padded[place] += np.sum(g[:, i, j].reshape(F, 1, 1, 1) * w, axis=0)
    H, W = image.shape[1:]
    return d_padded[:, pad : pad + H, pad : pad + W], dw


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    dx = np.zeros(x.shape)
    dw = 0
    for n, image in enumerate(x):
        dx[n], part = backward_one_image(dout[n], image, w, conv_param["stride"], conv_param["pad"])
        dw = dw + part
    db = np.sum(dout, axis=(0, 2, 3)).reshape(b.shape)
    return dx, dw, db
