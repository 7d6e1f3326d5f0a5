"""The cache is a five-tuple with the column matrix of im2col; both functions."""

import numpy as np


def window_indices(C, HH, WW, H_out, W_out, stride):
    c, k, m = (a.reshape(-1, 1) for a in np.meshgrid(range(C), range(HH), range(WW), indexing="ij"))
    i, j = (a.reshape(1, -1) * stride for a in np.meshgrid(range(H_out), range(W_out), indexing="ij"))
    return c, k + i, m + j


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    c, r, q = window_indices(C, HH, WW, H_out, W_out, stride)
    cols = x_pad[:, c, r, q]
    out = (w.reshape(F, -1) @ cols).reshape(N, F, H_out, W_out) + b[None, :, None, None]
    return out, (x.shape, w, b, conv_param, cols)


def conv_backward_naive(dout, cache):
    (N, C, H, W), w, _, conv_param, cols = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    F, _, HH, WW = w.shape
    flat = dout.reshape(N, F, -1)
    dw = np.einsum("nfl,nkl->fk", flat, cols).reshape(w.shape)
    dcols = w.reshape(F, -1).T @ flat
    dx_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    index = window_indices(C, HH, WW, dout.shape[2], dout.shape[3], stride)
    np.add.at(dx_pad, (slice(None), *index), dcols)
    return dx_pad[:, :, pad : pad + H, pad : pad + W], dw, flat.sum(axis=(0, 2))
