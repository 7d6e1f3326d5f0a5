import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            g = dout[:, :, i, j]
            patch = xp[:, :, i * s:i * s + HH, j * s:j * s + WW]
            dw[:] = (g.T @ patch.reshape(N, -1)).reshape(w.shape)
            dxp[:, :, i * s:i * s + HH, j * s:j * s + WW] += (g @ w.reshape(F, -1)).reshape(patch.shape)
    return dxp[:, :, p:p + H, p:p + W], dw, dout.sum(axis=3).sum(axis=2).sum(axis=0)
