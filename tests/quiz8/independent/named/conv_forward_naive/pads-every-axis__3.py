import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    HH, WW = w.shape[2:]
    xp = np.pad(x, ((p, p),) * x.ndim)
    win = np.lib.stride_tricks.sliding_window_view(xp, (HH, WW), axis=(2, 3))[:, :w.shape[1], ::s, ::s]
    out = np.einsum("ncijuv,fcuv->nfij", win, w, optimize=True)
    return out + b[None, :, None, None], (x, w, b, conv_param)
