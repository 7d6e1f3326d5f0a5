import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    rng = np.random.default_rng(dropout_param.get("seed"))
    out = x
    if dropout_param["mode"] == "train":
        keep = rng.binomial(1, p, size=x.shape).astype(bool)
        out[~keep] = 0
        out = (out / p).astype(x.dtype)
        return out, (dropout_param, keep / p)
    return out, (dropout_param, None)
