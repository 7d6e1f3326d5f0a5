import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    S, P = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho = 1 + (H + 2 * P - HH) // S
    Wo = 1 + (W + 2 * P - WW) // S
    xp = np.pad(x, [(0, 0), (0, 0), (P, P), (P, P)], mode="constant")
    out = np.zeros((N, F, Ho, Wo)) + b.reshape(1, F, 1, 1)
    for m in range(HH):
        for k in range(WW):
            top, left = HH - 1 - m, WW - 1 - k
            part = xp[:, :, top:top + S * Ho:S, left:left + S * Wo:S]
            out += np.einsum("nchw,fc->nfhw", part[:, :, :Ho, :Wo], w[:, :, m, k])
    return out, (x, w, b, conv_param)
