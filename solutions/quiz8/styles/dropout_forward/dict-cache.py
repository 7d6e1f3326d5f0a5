"""The cache is a dictionary with an integer mask; both functions."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    cache = {"mode": mode, "keep": p}
    if mode == "train":
        cache["D"] = (np.random.rand(*x.shape) < p).astype(int)
        out = np.multiply(x, cache["D"])
        out = out / p
    else:
        out = x * 1
    return out.astype(x.dtype, copy=False), cache


def dropout_backward(dout, cache):
    if cache["mode"] != "train":
        return dout
    dA = dout * cache["D"]
    return dA / cache["keep"]
