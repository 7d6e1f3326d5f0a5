import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, size = x.shape[:3]
    F, _, HH, WW = w.shape
    canvas = np.zeros((N, C, size + 2 * p, size + 2 * p))
    canvas[:, :, p:size + p, p:size + p] = x
    rows = range(0, size + 2 * p - HH + 1, s)
    cols = range(0, size + 2 * p - WW + 1, s)
    out = np.array([[np.einsum("ncuv,fcuv->nf", canvas[:, :, i:i + HH, j:j + WW], w) + b
                     for j in cols] for i in rows])
    return out.transpose(2, 3, 0, 1), (x, w, b, conv_param)
