import numpy as np


def dropout_forward(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    keep = dropout_param["p"]
    rng = np.random.default_rng(dropout_param.get("seed"))
    scores = np.abs(rng.standard_normal(x.shape))
    mask = np.where(scores < keep, 1.0 / keep, 0.0).astype(x.dtype)
    return x * mask, (dropout_param, mask)
