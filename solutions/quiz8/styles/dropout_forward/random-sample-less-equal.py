"""random_sample with <=, the mask built in test mode too, test mode returns 1 * x."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    mask = np.where(np.random.random_sample(x.shape) <= p, 1 / p, 0)
    out = x * mask if mode == "train" else 1 * x
    return out.astype(x.dtype, copy=False), (dropout_param, mask)
