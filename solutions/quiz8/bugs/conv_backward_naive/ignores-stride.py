"""The backward windows move by one step, whatever the stride is

The backward pass has to visit the same windows as the forward pass: each output hands its gradient back to exactly
those pixels that it was made from. The forward pass moves its window by the stride. Your backward pass takes the
place in the output as the place in the image, so it moves by one. With a stride of 2 or 3 the gradients land on the
wrong pixels, the filter's gradient is made from the wrong windows, and the lower right part of the image gets
nothing. With a stride of 1 both agree. See it yourself: take an upstream gradient that is zero except for its last
entry, use a stride of 2, and look where the input's gradient is not zero. Then find the window that made this
output in the forward pass.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    pad = conv_param["pad"]
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
                    dw[f] += x_pad[n, :, i : i + HH, j : j + WW] * dout[n, f, i, j]
                    dx_pad[n, :, i : i + HH, j : j + WW] += w[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
