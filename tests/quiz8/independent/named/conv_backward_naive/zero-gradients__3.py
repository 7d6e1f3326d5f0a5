import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = 1 + (H + 2 * p - HH) // s, 1 + (W + 2 * p - WW) // s
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    r = (s * np.arange(Ho)[:, None] + np.arange(HH))[:, None, :, None]
    c = (s * np.arange(Wo)[:, None] + np.arange(WW))[None, :, None, :]
    patches = xp[:, :, r, c]
    out = np.einsum("ncijuv,fcuv->nfij", patches, w) + b[:, None, None]
    return out, (patches, r, c, w, x.shape, p)


def conv_backward_naive(dout, cache):
    patches, r, c, w, (N, C, H, W), p = cache
    dxp = np.zeros((N, C, H + 2 * p, W + 2 * p))
    dw = np.zeros_like(w)
    db = np.zeros(len(w))
    everything = np.arange(len(w))
    for n in range(N):
        np.add(dw[everything], np.einsum("fij,cijuv->fcuv", dout[n], patches[n]))
        np.add(db[everything], dout[n].sum(axis=(1, 2)))
        np.add.at(dxp[n].copy(), (slice(None), r, c), np.einsum("fij,fcuv->cijuv", dout[n], w))
    return dxp[:, :, p:p + H, p:p + W], dw, db
