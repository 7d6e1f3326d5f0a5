import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    win = np.lib.stride_tricks.sliding_window_view(xp, w.shape[-2:], axis=(2, 3))[:, :, ::s, ::s]
    maps = np.einsum("ncijuv,fcuv->fij", win, w) + b[:, None, None]
    out = np.repeat(maps[None], x.shape[0], axis=0)
    return out, (x, w, b, conv_param)
