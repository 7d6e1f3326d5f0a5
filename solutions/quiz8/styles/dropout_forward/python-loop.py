"""One draw after the other from Python's own random module, in a loop over all units."""

import random

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        mask = np.zeros(x.shape)
        flat = mask.reshape(-1)
        for i in range(flat.size):
            if random.random() < p:
                flat[i] = 1 / p
        out = x * mask
    else:
        out = x
    return out.astype(x.dtype, copy=False), (dropout_param, mask)
