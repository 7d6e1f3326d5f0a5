import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride = conv_param["stride"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)), "constant")
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    H_out = 1 + (H + 2 - HH) // stride
    W_out = 1 + (W + 2 - WW) // stride
    for n in range(N):
        for f in range(F):
            for i in range(min(H_out, dout.shape[2])):
                for j in range(min(W_out, dout.shape[3])):
                    hs, ws = i * stride, j * stride
                    dw[f] += xp[n, :, hs:hs + HH, ws:ws + WW] * dout[n, f, i, j]
                    dxp[n, :, hs:hs + HH, ws:ws + WW] += w[f] * dout[n, f, i, j]
    db = np.sum(dout, axis=(0, 2, 3))
    return dxp[:, :, 1:-1, 1:-1], dw, db
