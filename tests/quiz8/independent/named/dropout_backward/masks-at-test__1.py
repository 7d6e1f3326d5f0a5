import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    rng = np.random.default_rng(dropout_param.get("seed"))
    mask = ((rng.random(x.shape) < p) / p).astype(x.dtype)
    out = x * mask if dropout_param["mode"] == "train" else x
    return out, (dropout_param, mask)


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    return dout * mask
