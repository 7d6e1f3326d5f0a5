import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    Ho, Wo = 1 + (H + 2 * p - HH) // s, 1 + (W + 2 * p - WW) // s
    taps = {}
    out = np.zeros((N, F, Ho, Wo)) + b.reshape(1, F, 1, 1)
    for u in range(HH):
        for v in range(WW):
            taps[u, v] = xp[:, :, u:u + s * (Ho - 1) + 1:s, v:v + s * (Wo - 1) + 1:s]
            out += np.einsum("ncij,fc->nfij", taps[u, v], w[:, :, u, v])
    return out, (taps, w, x.shape, s, p)


def conv_backward_naive(dout, cache):
    taps, w, (N, C, H, W), s, p = cache
    HH, WW = w.shape[2:]
    Ho, Wo = dout.shape[2:]
    dw = np.zeros_like(w)
    dxp = np.zeros((N, C, H + 2 * p, W + 2 * p))
    for (u, v), seen in taps.items():
        dw[:, :, u, v] = np.einsum("nfij,ncij->fc", dout, seen)
        dxp[:, :, u:u + s * (Ho - 1) + 1:s, v:v + s * (Wo - 1) + 1:s] += np.einsum(
            "nfij,fc->ncij", dout, w[:, :, -1 - u, -1 - v])
    return dxp[:, :, p:p + H, p:p + W], dw, dout.sum(axis=(0, 2, 3))
