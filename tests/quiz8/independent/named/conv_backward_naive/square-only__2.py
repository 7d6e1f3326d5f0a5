import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    for u in range(HH):
        for v in range(WW):
            a = slice(u, u + s * (Ho - 1) + 1, s)
            c = slice(v, v + s * (Wo - 1) + 1, s)
            dw[:, :, u, v] = np.tensordot(dout, xp[:, :, a, c], axes=([0, 2, 3], [0, 2, 3]))
            dxp[:, :, a, c] += np.tensordot(dout, w[:, :, u, v], axes=([1], [0])).transpose(0, 3, 1, 2)
    span = slice(p, p + H)
    return dxp[:, :, span, span], dw, dout.sum(axis=(0, 2, 3))
