"""db is never computed

The backward pass owes a gradient to each of the three things that went into the forward pass: the input, the
filters and the biases. Your function computes the first two, but the third is still the None that was put there as
a placeholder. The biases could never be trained, and the update step would stop with an error. The bias is the
easiest of the three: in the forward pass it is added to every output of its filter, with nothing multiplied to it.
So a small change of the bias changes each of these outputs by the same amount. See it yourself: print the three
results of your function, one by one, and compare the shape of each with the shape of the thing it belongs to.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    dx, dw, db = None, None, None
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape

    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad = np.zeros_like(x_pad)
    dw = np.zeros_like(w)

    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
