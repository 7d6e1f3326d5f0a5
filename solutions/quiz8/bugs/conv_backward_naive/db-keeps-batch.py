"""db has one row for each example

A bias is one number for each filter, and it is shared by all examples in the batch. Each example says how this one
number should change, and by the chain rule their contributions are added up. Your function adds over the rows and
columns of the output but not over the examples, so it returns a table with one row for each example where a list
with one number for each filter is needed. The update step would then either fail or quietly stretch the biases into
a table as well. See it yourself: print the shape of the bias and of its gradient for a batch of three images. A
gradient always has the shape of the thing it belongs to. Then count over how many axes the bias was spread in the
forward pass.
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
    db = dout.sum(axis=3).sum(axis=2)

    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
