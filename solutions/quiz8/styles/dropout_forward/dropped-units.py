"""The mask marks the units that are dropped, and they are set to zero on a copy; both functions."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    dropped = np.zeros(x.shape, dtype=bool)
    out = x.copy()
    if mode == "train":
        dropped = np.random.rand(*x.shape) >= p
        out = x / p
        out[dropped] = 0
    return out.astype(x.dtype, copy=False), (dropout_param, dropped)


def dropout_backward(dout, cache):
    dropout_param, dropped = cache
    dx = dout.copy()
    if dropout_param["mode"] == "train":
        dx[dropped] = 0
        dx = dx / dropout_param["p"]
    return dx
