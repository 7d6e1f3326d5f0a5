"""The caller's filters are changed

In Python a function does not get a copy of an array, it works on the very array that its caller holds. Your
function turns the filters around and writes them back into the same array, then reads each window backwards, so the
two flips cancel and the output is right. But after the call the caller's filters lie upside down. A second call
with the same filters gives another result, and the backward pass, which finds the same array in the cache, works
with filters that do not belong to this output. See it yourself: run your function twice in a row with the same
arrays and compare the two outputs. Then keep a copy of each argument before a call and compare it afterwards. A
layer should only read its inputs.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")

    # convolution: flip the kernel, then run through the window from its far corner
    w[:] = w[:, :, ::-1, ::-1].copy()
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window[:, ::-1, ::-1] * w[f]) + b[f]
    return out, (x, w, b, conv_param)
