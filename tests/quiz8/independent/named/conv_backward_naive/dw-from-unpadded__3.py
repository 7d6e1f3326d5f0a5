import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    win = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    out = np.einsum("ncijuv,fcuv->nfij", win, w) + b[None, :, None, None]
    return out, (x, w, s, p)


def conv_backward_naive(dout, cache):
    x, w, s, p = cache
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = dout.shape[2:]
    win = np.lib.stride_tricks.sliding_window_view(x, (HH, WW), axis=(2, 3))[:, :, ::s, ::s]
    h, v = win.shape[2:4]
    dw = np.einsum("nfij,ncijuv->fcuv", dout[:, :, :h, :v], win)
    dxp = np.zeros((N, C, H + 2 * p, W + 2 * p))
    for a in range(HH):
        for c in range(WW):
            dxp[:, :, a:a + s * (Ho - 1) + 1:s, c:c + s * (Wo - 1) + 1:s] += np.einsum(
                "nfij,fc->ncij", dout, w[:, :, a, c])
    return dxp[:, :, p:p + H, p:p + W], dw, dout.sum(axis=(0, 2, 3))
