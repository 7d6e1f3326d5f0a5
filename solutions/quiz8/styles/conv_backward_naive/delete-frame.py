"""Deletes the frame's rows and columns with np.delete, and casts each gradient to the dtype of its array."""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx = np.zeros(x_pad.shape)
    dw = np.zeros(w.shape)
    db = np.zeros(b.shape)
    for f in range(F):
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                h, v = i * stride, j * stride
                g = dout[:, f, i, j][:, None, None, None]
                db[f] += g.sum()
                dw[f] += (g * x_pad[:, :, h : h + HH, v : v + WW]).sum(axis=0)
                dx[:, :, h : h + HH, v : v + WW] += g * w[f]
    frame_rows = list(range(pad)) + list(range(H + pad, H + 2 * pad))
    frame_cols = list(range(pad)) + list(range(W + pad, W + 2 * pad))
    dx = np.delete(np.delete(dx, frame_rows, axis=2), frame_cols, axis=3)
    return dx.astype(x.dtype), dw.astype(w.dtype), db.astype(b.dtype)
