import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    mask = (np.random.rand(*x.shape) < p).astype(x.dtype) / x.dtype.type(p)
    out = x * mask
    return out, (dropout_param, mask)
