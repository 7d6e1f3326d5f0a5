import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    Ho, Wo = 1 + (H + 2 * p - HH) // s, 1 + (W + 2 * p - WW) // s
    out = np.zeros((N, F, Ho, Wo))
    for i in range(Ho):
        for j in range(Wo):
            out[:, :, i, j] = np.tensordot(xp[:, :, i * s:i * s + HH, j * s:j * s + WW], w, ((1, 2, 3), (1, 2, 3))) + b
    return out, (xp, w, conv_param)


def conv_backward_naive(dout, cache):
    xp, w, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    F, C, HH, WW = w.shape
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.zeros(F)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            reg = (Ellipsis, slice(i * s, i * s + HH), slice(j * s, j * s + WW))
            g = dout[:, :, i, j]
            dw += np.tensordot(g, xp[reg], ((0,), (0,)))
            dxp[reg] += np.tensordot(g, w, 1)
            db + g.sum(0)
    H, W = xp.shape[2] - 2 * p, xp.shape[3] - 2 * p
    return dxp[:, :, p:p + H, p:p + W], dw, db
