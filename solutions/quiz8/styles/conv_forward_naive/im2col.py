"""im2col in a helper, then one matrix product."""

import numpy as np


def im2col(x_pad, HH, WW, stride, H_out, W_out):
    columns = []
    for i in range(H_out):
        for j in range(W_out):
            patch = x_pad[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
            columns.append(patch.reshape(len(x_pad), -1))
    return np.stack(columns, axis=1)


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    H_out = (H + 2 * pad - HH) // stride + 1
    W_out = (W + 2 * pad - WW) // stride + 1
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    cols = im2col(x_pad, HH, WW, stride, H_out, W_out)
    out = cols @ w.reshape(F, -1).T + b
    out = out.transpose(0, 2, 1).reshape(N, F, H_out, W_out)
    return out, (x, w, b, conv_param)
