"""dw is computed from the image without its frame

In the forward pass the filter slides over the padded image, so the window of the first output starts in the frame
of zeros. For the filter's gradient you need the very same windows. Your function takes them from the bare image.
There, the same indices point to other pixels: everything is shifted by the width of the frame, and near the lower
and right edge the windows run out of the image. Without padding both images are the same, and the result is right.
See it yourself: run a numerical gradient check for the filter with a padding of 0 and of 1, and see which one
fails. Then draw a small image with its frame and mark the first window, once with indices that count from the frame
and once from the image.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    _, _, H_out, W_out = dout.shape

    dx_pad = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    dw = np.zeros_like(w)
    db = np.sum(dout, axis=(0, 2, 3))

    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    hs, ws = i * stride, j * stride
                    dx_pad[n, :, hs : hs + HH, ws : ws + WW] += w[f] * dout[n, f, i, j]
                    window = x[n, :, hs : hs + HH, ws : ws + WW]  # cut off at the border
                    dw[f, :, : window.shape[1], : window.shape[2]] += window * dout[n, f, i, j]

    dx = dx_pad[:, :, pad : pad + H, pad : pad + W]
    return dx, dw, db
