import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    Ho, Wo = 1 + (H + 2 * p - HH) // s, 1 + (W + 2 * p - WW) // s
    cols = np.stack([xp[:, :, i * s:i * s + HH, j * s:j * s + WW].reshape(N, -1)
                     for i in range(Ho) for j in range(Wo)], axis=1)
    out = (cols @ w.reshape(F, -1).T + b).transpose(0, 2, 1).reshape(N, F, Ho, Wo)
    return out, (cols, xp.shape, w, s)


def conv_backward_naive(dout, cache):
    cols, shape, w, s = cache
    F, C, HH, WW = w.shape
    N, _, Ho, Wo = dout.shape
    d = dout.reshape(N, F, -1).transpose(0, 2, 1)
    dw = np.einsum("npf,npk->fk", d, cols).reshape(w.shape)
    db = d.sum((0, 1))
    dcols = (d @ w.reshape(F, -1)).reshape(N, Ho, Wo, C, HH, WW)
    dx = np.zeros(shape)
    for i in range(Ho):
        for j in range(Wo):
            dx[:, :, i * s:i * s + HH, j * s:j * s + WW] += dcols[:, i, j]
    return dx, dw, db
