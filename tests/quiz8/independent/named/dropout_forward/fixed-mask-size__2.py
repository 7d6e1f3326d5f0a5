import numpy as np


HIDDEN = 100


def dropout_forward(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    p = dropout_param["p"]
    rng = np.random.default_rng(dropout_param.get("seed"))
    mask = np.zeros((len(x), HIDDEN), dtype=x.dtype)
    mask[rng.uniform(size=(len(x), HIDDEN)) < p] = 1 / p
    return np.multiply(x, mask), (dropout_param, mask)
