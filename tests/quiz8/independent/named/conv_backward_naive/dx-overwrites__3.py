import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            a, c = i * s, j * s
            block = np.zeros((N, C, HH, WW))
            for f in range(F):
                g = dout[:, f, i, j].reshape(N, 1, 1, 1)
                block += g * w[f]
                dw[f] += (g * xp[:, :, a:a + HH, c:c + WW]).sum(axis=0)
            dxp[:, :, a:a + HH, c:c + WW] = block
    return dxp[:, :, p:p + H, p:p + W], dw, np.einsum("nfij->f", dout)
