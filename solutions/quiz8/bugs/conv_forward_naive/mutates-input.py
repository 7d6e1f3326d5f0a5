"""The caller's arrays are changed

In Python a function does not get a copy of an array, it works on the very array that its caller holds. Whatever
your function does to it in place, be it a change of some numbers, a sum that is collected in it, or a new shape,
stays there after the call. The output may still be right, but the caller's image, filter or bias is not what it
was. A second call with the same arrays gives another result, and the backward pass, which finds the same arrays in
the cache, works with numbers that do not belong to this output. See it yourself: keep a copy of each argument, call
your function, and compare the arguments with the copies, their shapes included. Then run it twice in a row with the
same arrays and compare the two outputs. A layer should only read its inputs.
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
