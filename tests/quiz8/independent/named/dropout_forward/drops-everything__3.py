import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    rng = np.random.default_rng(dropout_param.get("seed"))
    if dropout_param["mode"] == "train":
        keep = rng.integers(0, 1, size=x.shape)
        mask = (keep / p).astype(x.dtype)
        return x * mask, (dropout_param, mask)
    return x, (dropout_param, None)
