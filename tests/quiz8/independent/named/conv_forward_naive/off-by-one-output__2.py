import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    maps = []
    for top in range(0, xp.shape[2] - HH, s):
        line = []
        for left in range(0, xp.shape[3] - WW, s):
            line.append(np.einsum("ncuv,fcuv->nf", xp[:, :, top:top + HH, left:left + WW], w) + b)
        maps.append(np.stack(line, axis=-1))
    return np.stack(maps, axis=2), (x, w, b, conv_param)
