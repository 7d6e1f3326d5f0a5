import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    win = np.lib.stride_tricks.sliding_window_view(xp, w.shape[2:], axis=(2, 3))[:, :, ::s, ::s]
    N, C, Ho, Wo = win.shape[:4]
    cols = win.transpose(0, 2, 3, 1, 4, 5).reshape(N, Ho * Wo, -1)
    out = cols @ w.reshape(len(w), -1).T + b
    return out.transpose(0, 2, 1).reshape(N, len(w), Ho, Wo), (cols, w, x.shape, s, p)


def conv_backward_naive(dout, cache):
    cols, w, (N, C, H, W), s, p = cache
    F, _, HH, WW = w.shape
    Ho, Wo = dout.shape[2:]
    per_image = dout.reshape(N, F, -1)
    dw = (per_image @ cols).sum(axis=0).reshape(w.shape)
    db = per_image.sum(axis=-1)
    dcols = (per_image.transpose(0, 2, 1) @ w.reshape(F, -1)).reshape(N, Ho, Wo, C, HH, WW)
    dxp = np.zeros((N, C, H + 2 * p, W + 2 * p))
    for i, j in np.ndindex(Ho, Wo):
        dxp[:, :, i * s:i * s + HH, j * s:j * s + WW] += dcols[:, i, j]
    return dxp[:, :, p:p + H, p:p + W], dw, db
