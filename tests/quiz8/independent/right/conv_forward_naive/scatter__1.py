import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = 1 + (H + 2 * p - HH) // s, 1 + (W + 2 * p - WW) // s
    out = np.zeros((N, F, Ho, Wo))
    for r in range(H):
        for c in range(W):
            for u in range(HH):
                i, ri = divmod(r + p - u, s)
                if ri or not 0 <= i < Ho:
                    continue
                for v in range(WW):
                    j, rj = divmod(c + p - v, s)
                    if rj or not 0 <= j < Wo:
                        continue
                    out[:, :, i, j] += np.einsum("nc,fc->nf", x[:, :, r, c], w[:, :, u, v])
    out += b.reshape(1, -1, 1, 1)
    return out, (x, w, b, conv_param)
