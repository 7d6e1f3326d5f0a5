"""np.random.choice between 0 and 1/p, scaled before the draw."""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        mask = np.random.choice([0.0, 1.0 / p], size=x.shape, p=[1 - p, p])
        out = np.multiply(x, mask)
    elif mode == "test":
        out = np.array(x)
    else:
        raise ValueError(mode)
    return out.astype(x.dtype, copy=False), (dropout_param, mask)
