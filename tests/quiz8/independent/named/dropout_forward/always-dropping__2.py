import numpy as np


def dropout_forward(x, dropout_param):
    mode = dropout_param["mode"]
    p = dropout_param["p"]
    rng = np.random.default_rng(dropout_param.get("seed"))
    mask = None
    out = x
    if mode == "train" or "test":
        mask = np.where(rng.random(x.shape) < p, 1 / p, 0).astype(x.dtype)
        out = mask * x
    return out, (dropout_param, mask)
