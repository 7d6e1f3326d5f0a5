import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    rng = np.random.default_rng()
    if dropout_param["mode"] == "train":
        mask = ((rng.random(x.shape) < p) / p).astype(x.dtype)
        return x * mask, (dropout_param, mask)
    return x, (dropout_param, None)
