"""The filter is flipped in dx

You may have read that the gradient of the input is a convolution with the flipped filter. That is true when the
upstream gradient is the picture and a flipped filter slides over it. But you do something else: for each output you
hand its gradient back to the window that it came from. In the forward pass each pixel of that window was multiplied
by the weight that lay on it, so the gradient has to travel back over the same weight, and here nothing is turned
around. Your function hands the gradient of the upper left pixel to the lower right one. With symmetric filters
nothing can be noticed. See it yourself: take one window, a 2x2 filter with four different numbers and an upstream
gradient of 1, and work it out by hand.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape

    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))
    w_rot = np.rot90(w, 2, axes=(2, 3))

    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w_rot[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
