"""Seven loops with a bounds check, no padded array at all."""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape
    dx, dw, db = np.zeros(x.shape), np.zeros(w.shape), np.zeros(b.shape)
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    g = dout[n, f, i, j]
                    db[f] += g
                    for c in range(C):
                        for k in range(HH):
                            for m in range(WW):
                                r, q = i * stride + k - pad, j * stride + m - pad
                                if 0 <= r < H and 0 <= q < W:
                                    dw[f, c, k, m] += x[n, c, r, q] * g
                                    dx[n, c, r, q] += w[f, c, k, m] * g
    return dx, dw, db
