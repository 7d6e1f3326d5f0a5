import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    w[...] = np.flip(w, axis=(2, 3)).copy()
    h, v = H + 2 * p, W + 2 * p
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    spec = np.einsum("nchw,fchw->nfhw", np.fft.rfft2(xp, s=(h, v)), np.fft.rfft2(w, s=(h, v)))
    out = np.fft.irfft2(spec, s=(h, v))[:, :, HH - 1::s, WW - 1::s] + b[None, :, None, None]
    return out, (x, w, b, conv_param)
