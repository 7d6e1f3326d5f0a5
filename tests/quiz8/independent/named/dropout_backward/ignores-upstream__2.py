import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        local = np.ones_like(x)
    else:
        rs = np.random.RandomState(dropout_param.get("seed"))
        local = np.zeros_like(x)
        for k in np.ndindex(x.shape):
            if rs.random_sample() < p:
                local[k] = 1 / p
    return x * local, local


def dropout_backward(dout, cache):
    slope = np.empty(dout.shape, dtype=dout.dtype)
    slope[...] = cache
    return slope
