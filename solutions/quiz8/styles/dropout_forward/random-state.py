"""A RandomState object, and the mask already in the dtype of x."""

import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    rng = np.random.RandomState(dropout_param["seed"]) if "seed" in dropout_param else np.random.RandomState()
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    mask = (rng.uniform(size=x.shape) < p).astype(x.dtype)
    mask /= p
    return mask * x, (dropout_param, mask)
