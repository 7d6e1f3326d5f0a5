"""The cache is the mask and nothing else, ones in test mode; both functions."""

import numpy as np


def dropout_forward(x, dropout_param):
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    p = dropout_param["p"]
    mask = np.ones(x.shape)
    if dropout_param["mode"] == "train":
        mask = (np.random.rand(*x.shape) < p) / p
    return (x * mask).astype(x.dtype), mask


def dropout_backward(dout, mask):
    return dout * mask
