"""im2col and col2im in helpers, with matrix products in between."""

import numpy as np


def im2col(x_pad, HH, WW, stride, H_out, W_out):
    N, C = x_pad.shape[:2]
    cols = np.zeros((N, H_out, W_out, C * HH * WW))
    for i in range(H_out):
        for j in range(W_out):
            h, v = i * stride, j * stride
            cols[:, i, j] = x_pad[:, :, h : h + HH, v : v + WW].reshape(N, -1)
    return cols.reshape(N * H_out * W_out, -1)


def col2im(cols, shape, HH, WW, stride, H_out, W_out):
    N, C = shape[:2]
    cols = cols.reshape(N, H_out, W_out, C, HH, WW)
    image = np.zeros(shape)
    for i in range(H_out):
        for j in range(W_out):
            h, v = i * stride, j * stride
            image[:, :, h : h + HH, v : v + WW] += cols[:, i, j]
    return image


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    F, C, HH, WW = w.shape
    H_out, W_out = dout.shape[2:]
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    cols = im2col(x_pad, HH, WW, stride, H_out, W_out)
    flat = dout.transpose(0, 2, 3, 1).reshape(-1, F)
    dw = (flat.T @ cols).reshape(w.shape)
    db = flat.sum(axis=0)
    dx_pad = col2im(flat @ w.reshape(F, -1), x_pad.shape, HH, WW, stride, H_out, W_out)
    dx = dx_pad[:, :, pad:-pad, pad:-pad] if pad > 0 else dx_pad
    return dx, dw, db
