import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    HH, WW = w.shape[2:]
    Ho, Wo = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp, dw = np.zeros_like(xp), np.empty_like(w)
    for u, v in np.ndindex(HH, WW):
        at = np.s_[:, :, u:u + s * (Ho - 1) + 1:s, v:v + s * (Wo - 1) + 1:s]
        dw[:, :, u, v] = np.tensordot(dout, xp[at], axes=((0, 2, 3), (0, 2, 3)))
        dxp[at] += np.moveaxis(np.tensordot(w[:, :, u, v], dout, axes=(0, 1)), 0, 1)
    keep = np.ix_(range(len(x)), range(x.shape[1]), range(p, p + H), range(p, p + W))
    return dxp[keep], dw, np.einsum("abcd->b", dout)
