import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    rng = np.random.default_rng(dropout_param.get("seed"))
    mask = np.zeros(x.size, dtype=x.dtype)
    mask[rng.permutation(x.size)[:int(round(p * x.size))]] = 1 / p
    mask = mask.reshape(x.shape)
    return x * mask, (dropout_param, mask)
