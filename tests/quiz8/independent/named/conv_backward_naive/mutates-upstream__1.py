import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp, dw = np.zeros_like(xp), np.zeros_like(w)
    for n in range(N):
        for f in range(F):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    win = np.s_[n, :, i * s:i * s + HH, j * s:j * s + WW]
                    dw[f] += xp[win] * dout[n, f, i, j]
                    dxp[win] += w[f] * dout[n, f, i, j]
    running = dout[0]
    for n in range(1, N):
        running += dout[n]
    db = running.sum(axis=(1, 2))
    return dxp[:, :, p:p + H, p:p + W], dw, db
