"""Goes wrong when there is no padding

A padding of 0 is a perfectly normal request: it means that no zeros are added and the filter stays inside the
image. Your function does well with any frame, but without one it stops, or gives something else than the bare image
asks for. A branch may make the padded image only when there is a frame, so that a name is missing afterwards. A
slice that counts from the end says minus zero when the frame is empty, and that means the whole array or none of
it. Or a 0 is read as if nothing had been asked for, and another number takes its place. See it yourself: call your
function on a small image with a padding of 0 and follow the padded image line by line: which shape should it have,
and which does it have?

Known by all its cases.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    if pad > 0:
        x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)
