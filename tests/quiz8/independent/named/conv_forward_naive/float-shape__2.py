import numpy as np


def windows(xp, HH, WW, s):
    oh = (xp.shape[2] - HH) / s + 1
    ow = (xp.shape[3] - WW) / s + 1
    return [(i, j, xp[:, :, i * s:i * s + HH, j * s:j * s + WW]) for i in range(oh) for j in range(ow)]


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    F, C, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    wins = windows(xp, HH, WW, s)
    oh, ow = wins[-1][0] + 1, wins[-1][1] + 1
    out = np.empty((len(x), F, oh, ow))
    for i, j, patch in wins:
        out[:, :, i, j] = np.tensordot(patch, w, axes=([1, 2, 3], [1, 2, 3])) + b
    return out, (x, w, b, conv_param)
