"""The floor of p plus a uniform number is the mask, and the result is a list."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if mode == "test":
        return [x.copy(), (dropout_param, None)]
    mask = np.floor(p + np.random.uniform(0.0, 1.0, size=x.shape)) / p
    return [(x * mask).astype(x.dtype), (dropout_param, mask)]
