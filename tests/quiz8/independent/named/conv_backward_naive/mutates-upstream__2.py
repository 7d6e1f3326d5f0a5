import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    win = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    out = np.tensordot(win, w, axes=([1, 4, 5], [1, 2, 3])) + b
    return out.transpose(0, 3, 1, 2), (win, w, s, p, x.shape)


def conv_backward_naive(dout, cache):
    win, w, s, p, (N, C, H, W) = cache
    HH, WW = w.shape[2:]
    dxp = np.zeros((N, C, H + 2 * p, W + 2 * p))
    dw = np.zeros_like(w)
    db = np.zeros(len(w))
    for idx in np.argwhere(dout):
        n, f, i, j = idx
        g = dout[n, f, i, j]
        db[f] += g
        dw[f] += g * win[n, :, i, j]
        dxp[n, :, i * s:i * s + HH, j * s:j * s + WW] += g * w[f]
        dout[n, f, i, j] = 0
    return dxp[:, :, p:p + H, p:p + W], dw, db
