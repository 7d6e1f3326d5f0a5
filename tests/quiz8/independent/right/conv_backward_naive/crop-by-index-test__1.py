import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    H, W = x.shape[2:]
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            g = dout[:, :, i, j]
            db += g.sum(axis=0)
            for u in range(w.shape[2]):
                r = i * s + u - p
                if r < 0 or r >= H:
                    continue
                for v in range(w.shape[3]):
                    c = j * s + v - p
                    if c < 0 or c >= W:
                        continue
                    dw[:, :, u, v] += g.T @ x[:, :, r, c]
                    dx[:, :, r, c] += g @ w[:, :, u, v]
    return dx, dw, db
