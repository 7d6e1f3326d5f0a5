import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    scaled = (x / p).astype(x.dtype)
    if dropout_param["mode"] == "test":
        return scaled, (dropout_param, None)
    rng = np.random.default_rng(dropout_param.get("seed"))
    keep = rng.random(x.shape) < p
    return np.where(keep, scaled, 0).astype(x.dtype), (dropout_param, keep / p)
