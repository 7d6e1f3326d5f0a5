import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    rng = np.random.default_rng(dropout_param.get("seed"))
    keep = rng.random(x.shape) < p
    alive = keep & (x > 0)
    out = np.zeros_like(x)
    out[alive] = x[alive] / p
    return out, (dropout_param, keep / p)
