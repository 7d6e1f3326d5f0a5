"""The gradients are divided by the number of examples

Many loss functions take the mean over the batch, and somewhere the gradient then has to be divided by the number of
examples. That place is the loss function itself, at the very start of the backward pass. The upstream gradient that
reaches this layer has been through it already. If each layer divided again, the gradients would shrink a second and
a third time on their way down. A layer has one duty only: to give back the gradient of whatever was computed from
its output, by the chain rule. With a batch of one example nothing can be noticed. See it yourself: run a numerical
gradient check for batches of 1, 2 and 4 images, and look at the ratio between the numerical gradient and yours.
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

    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx / N, dw / N, db / N
