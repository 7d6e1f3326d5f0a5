"""The stride is forgotten in dx only

Your gradient of the filter is right, so there you visit the same windows as the forward pass. For the gradient of
the input you do not: here the place in the output is taken as the place in the image, so the window moves by one
step where the forward pass has moved by the stride. Each output then hands its gradient to pixels that it was not
made from, and the lower right part of the image gets nothing. With a stride of 1 both places agree, and nothing can
be noticed. See it yourself: take an upstream gradient that is zero except for its last entry, use a stride of 2,
and look where the input's gradient is not zero. Both gradients should use one and the same window, so compare the
two places in your code.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    N, F, H_out, W_out = dout.shape

    db = np.array([dout[:, f].sum() for f in range(F)])

    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dw = np.zeros_like(w)
    for f in range(F):
        for i in range(H_out):
            for j in range(W_out):
                window = x_pad[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                dw[f] += np.sum(window * dout[:, f, i, j][:, None, None, None], axis=0)

    dx_pad = np.zeros_like(x_pad)
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    dx_pad[n, :, i : i + HH, j : j + WW] += w[f] * dout[n, f, i, j]
    return dx_pad[:, :, pad : H + pad, pad : W + pad], dw, db
