import numpy as np


def out_dim(size, k, pad):
    return size + 2 * pad - k + 1


def conv_forward_naive(x, w, b, conv_param):
    pad = conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    oh, ow = out_dim(H, HH, pad), out_dim(W, WW, pad)
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    cols = np.empty((C * HH * WW, N * oh * ow))
    c = 0
    for n in range(N):
        for i in range(oh):
            for j in range(ow):
                cols[:, c] = xp[n, :, i:i + HH, j:j + WW].ravel()
                c += 1
    res = w.reshape(F, -1) @ cols + b.reshape(-1, 1)
    out = res.reshape(F, N, oh, ow).transpose(1, 0, 2, 3)
    return out, (x, w, b, conv_param)
