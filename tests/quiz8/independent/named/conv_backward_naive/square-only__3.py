import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = 1 + (H + 2 * p - HH) // s, 1 + (W + 2 * p - WW) // s
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    cols = np.zeros((Ho, Wo, N, C * HH * WW))
    for i, j in np.ndindex(Ho, Wo):
        cols[i, j] = xp[:, :, i * s:i * s + HH, j * s:j * s + WW].reshape(N, -1)
    out = (cols @ w.reshape(F, -1).T + b).transpose(2, 3, 0, 1)
    return out, (cols, w, H, conv_param)


def conv_backward_naive(dout, cache):
    cols, w, side, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    F, C, HH, WW = w.shape
    N = dout.shape[0]
    g = dout.transpose(2, 3, 0, 1)
    dw = np.tensordot(g, cols, axes=([0, 1, 2], [0, 1, 2])).reshape(w.shape)
    dcols = g @ w.reshape(F, -1)
    dxp = np.zeros((N, C, side + 2 * p, side + 2 * p))
    for i, j in np.ndindex(*g.shape[:2]):
        dxp[:, :, i * s:i * s + HH, j * s:j * s + WW] += dcols[i, j].reshape(N, C, HH, WW)
    return dxp[:, :, p:p + side, p:p + side], dw, g.sum(axis=(0, 1, 2))
