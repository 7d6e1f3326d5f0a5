"""Without padding, the gradient of the input is empty

At the end you cut the frame of zeros off again, by counting from both ends: drop the first few rows and the last
few. To say "up to so many before the end" you use a negative number. With a padding of 0 this becomes minus zero,
which is simply 0, and a slice that ends at 0 ends before it has begun: it holds nothing. So your gradient has no
rows and no columns, and NumPy gives no warning. With any other padding the result is right. This is the most common
mistake of all in this exercise. See it yourself: call backward with a padding of 0 and print the shape of the
input's gradient. It must always equal the shape of the input. Think about how to name the end of the slice without
counting from the back.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape

    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    dx_pad = np.zeros(x_pad.shape)
    dw = np.zeros(w.shape)
    db = np.sum(dout, axis=(0, 2, 3))

    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad:-pad, pad:-pad]
    return dx, dw, db
