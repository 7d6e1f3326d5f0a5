import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = dout.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    c, u, v = np.meshgrid(np.arange(C), np.arange(HH), np.arange(WW), indexing="ij")
    i, j = np.divmod(np.arange(Ho * Wo), Wo)
    rows = u.ravel()[:, None] + s * i
    cols = v.ravel()[:, None] + s * j
    chan = np.repeat(c.ravel()[:, None], Ho * Wo, axis=1)
    patches = xp[:, chan, rows, cols]
    d = dout.reshape(N, F, -1)
    dw = np.einsum("nfp,nkp->fk", d, patches).reshape(w.shape)
    dpatches = np.einsum("fk,nfp->nkp", w.reshape(F, -1), d)
    dxp = np.zeros_like(xp)
    dxp[:, chan, rows, cols] += dpatches
    return dxp[:, :, p:H + p, p:W + p], dw, d.sum(axis=(0, 2))
