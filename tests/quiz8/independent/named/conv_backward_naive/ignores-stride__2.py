import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    p = conv_param["pad"]
    N, C, H, W = x.shape
    HH, WW = w.shape[2:]
    Ho, Wo = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dw = np.empty_like(w)
    dxp = np.zeros_like(xp)
    for u in range(HH):
        for v in range(WW):
            region = np.s_[:, :, u:u + Ho, v:v + Wo]
            dw[:, :, u, v] = np.einsum("nfij,ncij->fc", dout, xp[region])
            dxp[region] += np.einsum("nfij,fc->ncij", dout, w[:, :, u, v])
    return dxp[:, :, p:p + H, p:p + W], dw, dout.sum((0, 2, 3))
