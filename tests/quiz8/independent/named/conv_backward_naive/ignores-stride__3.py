import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    win = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    out = np.tensordot(w, win, axes=([1, 2, 3], [1, 4, 5])).swapaxes(0, 1) + b.reshape(-1, 1, 1)
    return out, {"xp": xp, "w": w, "pad": p}


def conv_backward_naive(dout, cache):
    view = np.lib.stride_tricks.sliding_window_view
    xp, w, p = cache["xp"], cache["w"], cache["pad"]
    HH, WW = w.shape[2:]
    Ho, Wo = dout.shape[2:]
    win = view(xp, (HH, WW), axis=(2, 3))[:, :, :Ho, :Wo]
    dw = np.einsum("nfij,ncijuv->fcuv", dout, win)
    wide = np.pad(dout, ((0, 0), (0, 0), (HH - 1, HH - 1), (WW - 1, WW - 1)))
    corner = np.einsum("nfijuv,fcuv->ncij", view(wide, (HH, WW), axis=(2, 3)), np.flip(w, (2, 3)))
    dxp = np.zeros_like(xp)
    dxp[:, :, :corner.shape[2], :corner.shape[3]] = corner
    return dxp[:, :, p:xp.shape[2] - p, p:xp.shape[3] - p], dw, dout.sum((0, 2, 3))
