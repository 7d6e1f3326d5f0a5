import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    h = np.maximum(0, x)
    mask, out = None, h
    if mode == "train":
        mask = (np.random.rand(*h.shape) < p) / p
        out = h * mask
    return out.astype(x.dtype, copy=False), (dropout_param, mask)
