import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "train":
        mask = np.floor(np.random.random_sample(x.shape) + p).astype(x.dtype)
        x * mask / p
        out = x * mask
    else:
        mask = None
        out = x
    return out, (dropout_param, mask)
