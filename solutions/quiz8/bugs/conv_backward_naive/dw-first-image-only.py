"""dw looks at the first image only

All images of a batch are filtered with the same weights, so all of them have a vote on how the weights should
change, and the votes are added up. Your function counts the vote of the first image and skips the others, although
they do count for your other two gradients. The training would still seem to work, but only a small part of each
batch would teach the filters anything, and the loss would wobble. A check with a single image finds no fault.
See it yourself: start with a batch of one image and its upstream gradient, and note the gradient of the filters.
Now append a second image with a large upstream gradient and run again. Every number in the gradient of the filters
should be different now; which ones have changed in yours?
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

    for f in range(F):
        for i in range(H_out):
            for j in range(W_out):
                hs, ws = i * stride, j * stride
                dw[f] += x_pad[0, :, hs : hs + HH, ws : ws + WW] * dout[0, f, i, j]
                for n in range(N):
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
