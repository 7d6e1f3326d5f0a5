import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = dout.shape[2:]
    rows = (s * np.arange(Ho)[:, None] + np.arange(HH))[:, None, :, None]
    cols = (s * np.arange(Wo)[:, None] + np.arange(WW))[None, :, None, :]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dw = np.tensordot(dout, xp[:, :, rows, cols], axes=([0, 2, 3], [0, 2, 3]))
    dxp = np.zeros_like(xp)
    np.add.at(dxp, (slice(None), slice(None), rows, cols), np.einsum("nfij,fcuv->ncijuv", dout, w))
    return dxp[:, :, p:p + H, p:p + W], dw, dout.sum(axis=(0, 2, 3))
