import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    S, P = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, HH = w.shape[0], w.shape[2]
    Ho = 1 + (H + 2 * P - HH) // S
    Wo = 1 + (W + 2 * P - HH) // S
    xp = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.zeros((N, F, Ho, Wo))
    for u in range(HH):
        for v in range(HH):
            grid = xp[:, :, u:u + S * (Ho - 1) + 1:S, v:v + S * (Wo - 1) + 1:S]
            out += np.einsum("ncij,fc->nfij", grid, w[:, :, u, v])
    out += b[:, np.newaxis, np.newaxis]
    return out, (x, w, b, conv_param)
