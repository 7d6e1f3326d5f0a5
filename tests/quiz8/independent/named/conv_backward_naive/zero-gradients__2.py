import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp = np.zeros_like(xp)
    dw = np.zeros_like(w)
    db = np.zeros_like(b)
    for n in range(N):
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                here = dxp[n, :, i * s:i * s + HH, j * s:j * s + WW]
                seen = xp[n, :, i * s:i * s + HH, j * s:j * s + WW]
                g = dout[n, :, i, j]
                for k, (fw, gw, gb) in enumerate(zip(w, dw, db)):
                    here = here + g[k] * fw
                    gw = gw + g[k] * seen
                    gb = gb + g[k]
    return dxp[:, :, p:p + H, p:p + W], dw, db
