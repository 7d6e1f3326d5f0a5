import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = dout.shape[2:]
    R = np.zeros((Ho, HH, H + 2 * p))
    Q = np.zeros((Wo, WW, W + 2 * p))
    for i in range(Ho):
        R[i, np.arange(HH), i * s + np.arange(HH)] = 1
    for j in range(Wo):
        Q[j, np.arange(WW), j * s + np.arange(WW)] = 1
    R, Q = R[..., p:p + H], Q[..., p:p + W]
    left = np.einsum("nfij,iuh->nfjuh", dout, R)
    both = np.einsum("nfjuh,jvw->nfuvhw", left, Q)
    dx = np.einsum("nfuvhw,fcuv->nchw", both, w)
    dw = np.einsum("nfuvhw,nchw->fcuv", both, x)
    return dx, dw, dout.sum(axis=(0, 2, 3))
