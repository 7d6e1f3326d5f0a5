import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    dxp = np.zeros((N, C, H + 2 * p, W + 2 * p))
    dw = np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            g = dout[:, :, i, j]
            patch = x[:, :, i * s:i * s + HH, j * s:j * s + WW]
            h, v = patch.shape[2:]
            dw[:, :, :h, :v] += np.einsum("nf,ncuv->fcuv", g, patch)
            dxp[:, :, i * s:i * s + HH, j * s:j * s + WW] += np.einsum("nf,fcuv->ncuv", g, w)
    return dxp[:, :, p:p + H, p:p + W], dw, dout.sum(axis=(0, 2, 3))
