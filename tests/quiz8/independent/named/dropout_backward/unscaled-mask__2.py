import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if mode == "train":
        mask = np.random.rand(*x.shape) < p
        out = (x * mask / p).astype(x.dtype)
    else:
        mask = np.ones(x.shape, dtype=bool)
        out = x
    return out, mask


def dropout_backward(dout, cache):
    return dout * cache
