import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for n, f, i, j in np.ndindex(dout.shape):
        r = np.s_[n, :, i * s:i * s + HH, j * s:j * s + WW]
        dw[f] += xp[r] * dout[n, f, i, j]
        dxp[r] += w[f] * dout[n, f, i, j]
    return dw, dxp[:, :, p:p + H, p:p + W], dout.sum(axis=(0, 2, 3))
