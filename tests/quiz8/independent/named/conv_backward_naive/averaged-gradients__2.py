import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    HH, WW = w.shape[2:]
    Ho, Wo = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    for u in range(HH):
        for v in range(WW):
            a = slice(u, u + s * (Ho - 1) + 1, s)
            c = slice(v, v + s * (Wo - 1) + 1, s)
            dw[:, :, u, v] = np.einsum("nfij,ncij->nfc", dout, xp[:, :, a, c]).mean(axis=0)
            dxp[:, :, a, c] += np.einsum("nfij,fc->ncij", dout, w[:, :, u, v])
    db = dout.sum(axis=(2, 3)).mean(axis=0)
    return dxp[:, :, p:p + H, p:p + W], dw, db
