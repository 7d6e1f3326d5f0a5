import numpy as np


def dropout_forward(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, None
    p = dropout_param["p"]
    rng = np.random.default_rng(dropout_param.get("seed"))
    kept = np.flatnonzero(rng.random(x.size) < p)
    out = np.zeros(x.size, dtype=x.dtype)
    out[kept] = x.reshape(-1)[kept] / p
    return out.reshape(x.shape), (kept, p)


def dropout_backward(dout, cache):
    if cache is None:
        return dout
    kept, p = cache
    dx = np.zeros(dout.size, dtype=dout.dtype)
    dx[kept] = dout.reshape(-1)[kept] / p
    return dx.reshape(dout.shape)
