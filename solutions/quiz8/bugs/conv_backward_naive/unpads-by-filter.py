"""The frame to cut off is guessed from the size of the filter

A frame of half the filter's size keeps the output as large as the image, and many networks choose it. So for a 3x3
filter one ring is usual, for a 5x5 filter two. But it is only a habit: the caller may ask for any padding, or for
none. Your function puts on the right frame, and at the end it works out from the filter how wide the frame should
have been, and starts to cut there. If the habit was not followed, the gradient you return is shifted, or it loses
rows and columns. See it yourself: run a numerical gradient check for a 3x3 filter with a padding of 0, 1 and 2, and
see for which of them the input's gradient is right. What was put on has to be taken off, and the settings say how
much that was.
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

    top, left = HH // 2, WW // 2
    dx = dx_pad[:, :, top : top + H, left : left + W]
    return dx, dw, db
