"""Writable sliding windows over the padded gradient, einsum for the sums."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    HH, WW = w.shape[2:]
    x_pad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dx_pad = np.zeros(x_pad.shape)
    x_windows = sliding_window_view(x_pad, (HH, WW), axis=(2, 3))[:, :, ::s, ::s]
    dx_windows = sliding_window_view(dx_pad, (HH, WW), axis=(2, 3), writeable=True)[:, :, ::s, ::s]
    dw = np.einsum("nfij,ncijkm->fckm", dout, x_windows)
    for i, j in np.ndindex(dout.shape[2:]):
        dx_windows[:, :, i, j] += np.einsum("nf,fckm->nckm", dout[:, :, i, j], w)
    return dx_pad[:, :, p : p + H, p : p + W], dw, np.einsum("nfij->f", dout)
