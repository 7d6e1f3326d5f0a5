import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    rng = np.random.default_rng(dropout_param.get("seed"))
    mask = (np.ceil(rng.random(x.shape) * p) / p).astype(x.dtype)
    return x * mask, (dropout_param, mask)
