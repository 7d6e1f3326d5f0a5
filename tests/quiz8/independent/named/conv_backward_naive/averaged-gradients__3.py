import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    grad = dout / len(dout)
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    for i in range(grad.shape[2]):
        for j in range(grad.shape[3]):
            r = np.s_[:, :, i * s:i * s + HH, j * s:j * s + WW]
            dw += np.einsum("nf,ncuv->fcuv", grad[:, :, i, j], xp[r])
            dxp[r] += np.einsum("nf,fcuv->ncuv", grad[:, :, i, j], w)
    return dxp[:, :, p:p + H, p:p + W], dw, grad.sum(axis=(0, 2, 3))
