import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    N, C, A, B = xp.shape
    F, _, HH, WW = w.shape
    st = xp.strides
    ho, wo = (A - HH) // s + 1, (B - WW) // s + 1
    v = np.lib.stride_tricks.as_strided(xp, (N, C, HH, WW, ho, wo), st + (st[2] * s, st[3] * s))
    out = np.tensordot(w, v, axes=([1, 2, 3], [1, 2, 3])).swapaxes(0, 1) + b.reshape(1, F, 1, 1)
    return out, (v.copy(), xp.shape, w, s)


def conv_backward_naive(dout, cache):
    v, shape, w, s = cache
    HH, WW = w.shape[2:]
    Ho, Wo = dout.shape[2:]
    dw = np.einsum("nfij,ncuvij->fcuv", dout, v)
    dv = np.einsum("nfij,fcuv->ncuvij", dout, w)
    dxp = np.zeros(shape)
    for i in range(Ho):
        for j in range(Wo):
            dxp[:, :, i * s:i * s + HH, j * s:j * s + WW] += dv[..., i, j]
    dx = dxp[:, :, HH // 2:shape[2] - HH // 2, WW // 2:shape[3] - WW // 2]
    return dx, dw, dout.sum((0, 2, 3))
