import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, None
    rng = np.random.default_rng(dropout_param.get("seed"))
    idx = np.nonzero(rng.uniform(size=x.shape) < p)
    out = np.zeros_like(x)
    out[idx] = x[idx] / p
    return out, (idx, p)


def dropout_backward(dout, cache):
    if cache is None:
        return dout
    idx, p = cache
    scaled = dout / p
    dx = np.zeros_like(dout)
    dx[idx] = scaled[idx] / p
    return dx
