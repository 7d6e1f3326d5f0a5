"""The cache is a dictionary; both functions."""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    F, C, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    Ho = (xp.shape[2] - HH) // s + 1
    Wo = (xp.shape[3] - WW) // s + 1
    out = np.zeros((len(x), F, Ho, Wo))
    windows = {}
    for i in range(Ho):
        for j in range(Wo):
            windows[i, j] = xp[:, :, i * s : i * s + HH, j * s : j * s + WW]
            out[:, :, i, j] = np.tensordot(windows[i, j], w, axes=([1, 2, 3], [1, 2, 3])) + b
    return out, {"windows": windows, "w": w, "stride": s, "pad": p, "padded": xp.shape}


def conv_backward_naive(dout, cache):
    w, s, p = cache["w"], cache["stride"], cache["pad"]
    F, C, HH, WW = w.shape
    dxp = np.zeros(cache["padded"])
    dw = np.zeros(w.shape)
    for (i, j), window in cache["windows"].items():
        g = dout[:, :, i, j]
        dw += np.tensordot(g, window, axes=(0, 0))
        dxp[:, :, i * s : i * s + HH, j * s : j * s + WW] += np.tensordot(g, w, axes=(1, 0))
    dx = dxp[:, :, p : dxp.shape[2] - p, p : dxp.shape[3] - p]
    return dx, dw, dout.sum(axis=(0, 2, 3))
