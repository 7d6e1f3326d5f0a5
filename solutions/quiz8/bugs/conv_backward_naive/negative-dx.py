"""The gradient of the input has the opposite sign

Training walks downhill, so it moves against the gradient, and somewhere a minus sign is needed. But its place is
the update step alone, where the gradient is taken off a weight. A layer's backward pass has to report the slope as
it is: positive if the loss rises when the input rises. In your function the input's gradient points the other way,
while the gradients of filters and biases are fine. The layers in front of this one would then climb uphill and make
the loss larger with every step. See it yourself: nudge a single pixel upward by 0.01, multiply the outputs by the
upstream gradient and add them up, once before and once after the nudge, and compare the direction of the change
with the sign of your gradient at that pixel.
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
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] -= w[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
