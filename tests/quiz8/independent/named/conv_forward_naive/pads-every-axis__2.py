import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.zeros([d + 2 * p for d in x.shape])
    xp[tuple(slice(p, p + d) for d in x.shape)] = x
    Ho, Wo = 1 + (H + 2 * p - HH) // s, 1 + (W + 2 * p - WW) // s
    out = np.zeros((N, F, Ho, Wo))
    for n, f, i, j in np.ndindex(*out.shape):
        total = b[f]
        for c in range(C):
            for u in range(HH):
                for v in range(WW):
                    total = total + xp[n, c, i * s + u, j * s + v] * w[f, c, u, v]
        out[n, f, i, j] = total
    return out, (x, w, b, conv_param)
