import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    out_hw = 1 + (np.array([H, W]) + 2 * p - np.array([HH, WW])) / s
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    win = np.lib.stride_tricks.sliding_window_view(xp, (HH, WW), axis=(2, 3))[:, :, ::s, ::s]
    flat = win.transpose(0, 2, 3, 1, 4, 5).reshape(N, -1, C * HH * WW) @ w.reshape(F, -1).T + b
    out = flat.transpose(0, 2, 1).reshape(N, F, *out_hw)
    return out, (x, w, b, conv_param)
