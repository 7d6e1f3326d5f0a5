import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    rng = np.random.default_rng(dropout_param.get("seed"))
    if dropout_param["mode"] == "train":
        mask = (rng.random(x.shape) < p) / p
        return x * mask, (dropout_param, mask)
    return x, (dropout_param, None)
