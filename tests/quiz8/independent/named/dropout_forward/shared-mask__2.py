import numpy as np


def dropout_forward(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    p = dropout_param["p"]
    rng = np.random.default_rng(dropout_param.get("seed"))
    draw = rng.binomial(1, p, size=x.shape[0]) / p
    mask = np.zeros_like(x)
    for i in range(x.shape[0]):
        mask[i] = draw[i]
    return x * mask, (dropout_param, mask)
