import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = 1 + (H + 2 * p - HH) // s, 1 + (W + 2 * p - WW) // s
    T = np.zeros((F, Ho, Wo, C, H + 2 * p, W + 2 * p))
    for i in range(Ho):
        for j in range(Wo):
            T[:, i, j, :, i * s:i * s + HH, j * s:j * s + WW] = w
    T = T[..., p:p + H, p:p + W].reshape(F * Ho * Wo, C * H * W)
    out = (x.reshape(N, -1) @ T.T).reshape(N, F, Ho, Wo) + b.reshape(1, F, 1, 1)
    return out, (T, b.shape, x.shape, w.shape, x, s, p)


def conv_backward_naive(dout, cache):
    T, _, xs, wshape, x, s, p = cache
    N, F, Ho, Wo = dout.shape
    dx = (dout.reshape(N, -1) @ T).reshape(xs)
    dT = np.einsum("nfij,nchw->fijchw", dout, np.pad(x, ((0, 0), (0, 0), (p, p), (p, p))))
    dw = np.zeros(wshape)
    for i in range(Ho):
        for j in range(Wo):
            dw += dT[:, i, j, :, i * s:i * s + wshape[2], j * s:j * s + wshape[3]]
    return dx, dw, dout.sum(axis=(0, 2, 3))
