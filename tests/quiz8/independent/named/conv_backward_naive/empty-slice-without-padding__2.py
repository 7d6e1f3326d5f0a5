import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    win = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    out = np.einsum("ncijuv,fcuv->nfij", win, w) + b[None, :, None, None]
    return out, (xp, w, s, slice(p, -p))


def conv_backward_naive(dout, cache):
    xp, w, s, body = cache
    HH, WW = w.shape[2:]
    win = np.lib.stride_tricks.sliding_window_view(xp, (HH, WW), axis=(2, 3))[:, :, ::s, ::s]
    dw = np.einsum("nfij,ncijuv->fcuv", dout, win)
    db = dout.sum((0, 2, 3))
    dxp = np.zeros_like(xp)
    Ho, Wo = dout.shape[2:]
    for u in range(HH):
        for v in range(WW):
            dxp[:, :, u:u + s * (Ho - 1) + 1:s, v:v + s * (Wo - 1) + 1:s] += np.einsum(
                "nfij,fc->ncij", dout, w[:, :, u, v])
    return dxp[..., body, body], dw, db
