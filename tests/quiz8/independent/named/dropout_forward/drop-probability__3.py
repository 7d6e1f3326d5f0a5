import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] != "train":
        return x, (dropout_param, None)
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    values = np.array([0.0, 1.0 / (1.0 - p)])
    mask = np.random.choice(values, size=x.shape, p=[p, 1.0 - p]).astype(x.dtype)
    out = np.multiply(x, mask)
    return out, (dropout_param, mask)
