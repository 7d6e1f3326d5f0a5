import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp = np.zeros_like(xp)
    dw = np.zeros(w.shape)
    db = np.zeros((N, F))
    for n, f, i, j in np.ndindex(dout.shape):
        g = dout[n, f, i, j]
        sl = (n, slice(None), slice(i * s, i * s + HH), slice(j * s, j * s + WW))
        dw[f] += g * xp[sl]
        dxp[sl] += g * w[f]
        db[n, f] += g
    return dxp[:, :, p:p + H, p:p + W], dw, db
