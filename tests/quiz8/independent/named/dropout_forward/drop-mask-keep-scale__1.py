import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    rng = np.random.default_rng(dropout_param.get("seed", None))
    if dropout_param["mode"] == "train":
        mask = (rng.random(x.shape) >= p).astype(x.dtype) / x.dtype.type(p)
        out = x * mask
    else:
        mask, out = None, x
    return out, (dropout_param, mask)
