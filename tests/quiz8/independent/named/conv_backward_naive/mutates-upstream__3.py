import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    win = np.lib.stride_tricks.sliding_window_view(xp, (HH, WW), axis=(2, 3))[:, :, ::s, ::s]
    dxp = np.zeros_like(xp)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dxp[:, :, i * s:i * s + HH, j * s:j * s + WW] += np.tensordot(dout[:, :, i, j], w, axes=1)
    dw = np.tensordot(dout, win, axes=([0, 2, 3], [0, 2, 3]))
    for axis in (3, 2, 0):
        np.cumsum(dout, axis=axis, out=dout)
    db = dout[-1, :, -1, -1].copy()
    return dxp[:, :, p:p + H, p:p + W], dw, db
