"""dx as a full correlation of the spread-out gradient with the flipped filter, dw as a correlation with it."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Hp, Wp = H + 2 * pad, W + 2 * pad

    # the gradient with zeros between its entries: as if the stride had been 1
    spread = np.zeros((N, F, Hp - HH + 1, Wp - WW + 1))
    spread[:, :, ::stride, ::stride] = dout

    framed = np.pad(spread, ((0, 0), (0, 0), (HH - 1, HH - 1), (WW - 1, WW - 1)))
    views = sliding_window_view(framed, (HH, WW), axis=(2, 3))
    dx_pad = np.einsum("nfhwkm,fckm->nchw", views, w[:, :, ::-1, ::-1])

    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    views = sliding_window_view(x_pad, spread.shape[2:], axis=(2, 3))
    dw = np.einsum("nckmhw,nfhw->fckm", views, spread)
    return dx_pad[:, :, pad : pad + H, pad : pad + W], dw, dout.sum((0, 2, 3))
