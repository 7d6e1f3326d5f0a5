import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = 1 + (H + 2 * p - HH) // s, 1 + (W + 2 * p - WW) // s
    out = np.tile(b.reshape(1, F, 1, 1).astype(float), (N, 1, Ho, Wo))
    for i in range(Ho):
        for j in range(Wo):
            for u in range(HH):
                for v in range(WW):
                    r, c = i * s + u - p, j * s + v - p
                    if 0 <= r < H and 0 <= c < W:
                        out[:, :, i, j] += x[:, :, r, c] @ w[:, :, u, v].T
    return out, (x, w, b, conv_param)
