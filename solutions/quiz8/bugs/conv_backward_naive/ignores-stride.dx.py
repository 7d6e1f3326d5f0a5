"""The stride is forgotten in dx

Each output was made from the pixels in one window, and it hands its gradient back to just these pixels. When your
function works out the gradient of the input, the place in the output is taken as the place in the image: the window
moves by one step where the forward pass has moved by the stride. Each output then hands its gradient to pixels that
it was not made from, and the lower right part of the image gets nothing. With a stride of 1 both places agree, and
nothing can be noticed. See it yourself: take an upstream gradient that is zero except for its last entry, use a
stride of 2, and look where the input's gradient is not zero. Which window did the forward pass use for this entry?
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
