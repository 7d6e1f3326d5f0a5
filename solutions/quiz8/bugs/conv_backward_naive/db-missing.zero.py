"""db stays zero

Your function makes an array of zeros for the gradient of the biases, with the right shape, but then nothing is ever
added to it. A gradient of zero says that the loss would not care if the bias changed. That is not so: in the
forward pass the bias is added to every output of its filter, so a small change of the bias moves each of these
outputs by the same amount. With your gradient, training would leave the biases for ever at the values they started
with, and no error would tell you. See it yourself: run a numerical gradient check for the biases alone. Then search
your function for every line in which the gradient of the biases gets a value, and compare with what you do for the
filters.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape

    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad, dw, db = np.zeros_like(x_pad), np.zeros_like(w), np.zeros_like(b)

    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    rows, cols = slice(i * stride, i * stride + HH), slice(j * stride, j * stride + WW)
                    dw[f] += x_pad[n, :, rows, cols] * dout[n, f, i, j]
                    dx_pad[n, :, rows, cols] += w[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
