from numpy.lib.stride_tricks import sliding_window_view
import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    win = sliding_window_view(xp, (HH, WW), axis=(2, 3))[:, :, ::s, ::s]
    dw = np.einsum("nfij,ncijuv->fcuv", dout, win)
    db = dout.sum((0, 2, 3))
    big = np.zeros((N, F, H + 2 * p + HH - 1, W + 2 * p + WW - 1))
    big[:, :, HH - 1:HH - 1 + s * (Ho - 1) + 1:s, WW - 1:WW - 1 + s * (Wo - 1) + 1:s] = dout
    dxp = np.einsum("nfijuv,fcuv->ncij", sliding_window_view(big, (HH, WW), axis=(2, 3)), w)
    return dxp[:, :, p:p + H, p:p + W], dw, db
