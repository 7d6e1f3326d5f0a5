"""Only the last image of the batch gets gradients

A batch goes through the layer together, and every image in it has something to say: it needs a gradient of its own,
and it adds its share to the gradients of the filters and the biases. Your function seems to begin afresh with each
image: what it has collected so far is cleared away, and when the loop is over, only the last image is left. The
gradients of the images before are all zero. In training, 99 pictures out of a hundred would be computed and then
thrown away. If the batch holds one image, nothing is lost and the result is right. See it yourself: use three
images and print, for each, the sum of the absolute values in its gradient. Then find out which of your lines run
once for every image, and which only once.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape

    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    for n in range(N):
        dx_pad = np.zeros_like(x_pad)
        dw = np.zeros_like(w)
        db = np.zeros_like(b)
        for f in range(F):
            db[f] += np.sum(dout[n, f])
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dw[f] += x_pad[n, :, hs : hs + HH, ws : ws + WW] * dout[n, f, i, j]
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
