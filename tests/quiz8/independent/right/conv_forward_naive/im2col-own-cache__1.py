import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = 1 + (H + 2 * p - HH) // s, 1 + (W + 2 * p - WW) // s
    ids = np.pad(np.arange(1, H * W + 1).reshape(H, W), p)
    win = np.lib.stride_tricks.sliding_window_view(ids, (HH, WW))[::s, ::s].reshape(Ho * Wo, HH * WW)
    bank = np.concatenate([np.zeros((N, C, 1)), x.reshape(N, C, -1)], axis=2)
    cols = bank[:, :, win]
    out = np.einsum("ncpk,fck->nfp", cols, w.reshape(F, C, -1)).reshape(N, F, Ho, Wo)
    return out + b[None, :, None, None], (cols, win, w, x.shape)


def conv_backward_naive(dout, cache):
    cols, win, w, (N, C, H, W) = cache
    F = w.shape[0]
    d = dout.reshape(N, F, -1)
    dw = np.einsum("nfp,ncpk->fck", d, cols).reshape(w.shape)
    dcols = np.einsum("nfp,fck->ncpk", d, w.reshape(F, C, -1))
    bank = np.zeros((N, C, H * W + 1))
    np.add.at(bank, (slice(None), slice(None), win), dcols)
    return bank[:, :, 1:].reshape(N, C, H, W), dw, d.sum(axis=(0, 2))
