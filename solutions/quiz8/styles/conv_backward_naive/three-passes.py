"""Three separate passes, one for each gradient, and a list as the result."""

import numpy as np


def grad_bias(dout):
    return np.array([dout[:, f].sum() for f in range(dout.shape[1])])


def grad_filters(dout, x_pad, w, stride):
    dw = np.zeros(w.shape)
    F, C, HH, WW = w.shape
    for f in range(F):
        for c in range(C):
            for k in range(HH):
                for m in range(WW):
                    seen = x_pad[:, c, k : k + stride * dout.shape[2] : stride, m : m + stride * dout.shape[3] : stride]
                    dw[f, c, k, m] = np.sum(seen * dout[:, f])
    return dw


def grad_input(dout, x_pad, w, stride):
    dx = np.zeros(x_pad.shape)
    HH, WW = w.shape[2:]
    for n in range(len(dout)):
        for f in range(len(w)):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    dx[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW] += dout[n, f, i, j] * w[f]
    return dx


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dx = grad_input(dout, x_pad, w, stride)
    if pad:
        dx = dx[:, :, pad:-pad, pad:-pad]
    return [dx, grad_filters(dout, x_pad, w, stride), grad_bias(dout)]
