"""A helper draws the mask, and a keep probability of 1 is treated as a case of its own."""

import numpy as np


def make_mask(shape, keep):
    if keep == 1:
        return np.ones(shape)
    return np.greater(keep, np.random.random(size=shape)) / keep


def dropout_forward(x, dropout_param):
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    training = dropout_param["mode"] == "train"
    mask = make_mask(x.shape, dropout_param["p"]) if training else None
    out = x if mask is None else np.einsum("...,...->...", x, mask)
    return np.asarray(out, dtype=x.dtype), (dropout_param, mask)
