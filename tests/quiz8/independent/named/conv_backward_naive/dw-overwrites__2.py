import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    win = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    out = np.einsum("ncijuv,fcuv->nfij", win, w) + b[:, None, None]
    return out, {"win": win, "w": w, "shape": x.shape, "s": s, "p": p}


def conv_backward_naive(dout, cache):
    win, w, s, p = cache["win"], cache["w"], cache["s"], cache["p"]
    N, C, H, W = cache["shape"]
    HH, WW = w.shape[2:]
    dw = np.zeros_like(w)
    dxp = np.zeros((N, C, H + 2 * p, W + 2 * p))
    for n in range(N):
        dw = np.einsum("fij,cijuv->fcuv", dout[n], win[n])
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                dxp[n, :, i * s:i * s + HH, j * s:j * s + WW] += np.tensordot(dout[n, :, i, j], w, axes=1)
    dx = dxp[:, :, p:p + H, p:p + W]
    return dx, dw, dout.sum(axis=(0, 2, 3))
