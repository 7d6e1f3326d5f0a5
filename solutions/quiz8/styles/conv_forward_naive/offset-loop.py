"""A loop over the filter's places adds shifted and strided copies of the image; keeps float32."""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.tile(b[None, :, None, None], (N, 1, H_out, W_out)).astype(x.dtype)
    for k in range(HH):
        for m in range(WW):
            part = x_pad[:, :, k : k + stride * H_out : stride, m : m + stride * W_out : stride]
            out += np.einsum("nchw,fc->nfhw", part, w[:, :, k, m])
    return out, (x, w, b, conv_param)
