"""A loop over the filter's places with strided slices and tensordot."""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = dout.shape[2:]
    x_pad = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dx_pad = np.zeros_like(x_pad)
    dw = np.empty_like(w)
    for k in range(HH):
        for m in range(WW):
            rows, cols = slice(k, k + s * Ho, s), slice(m, m + s * Wo, s)
            dw[:, :, k, m] = np.tensordot(dout, x_pad[:, :, rows, cols], axes=([0, 2, 3], [0, 2, 3]))
            dx_pad[:, :, rows, cols] += np.tensordot(w[:, :, k, m], dout, axes=(0, 1)).swapaxes(0, 1)
    return dx_pad[:, :, p : H + p, p : W + p], dw, dout.sum(axis=(0, 2, 3))
