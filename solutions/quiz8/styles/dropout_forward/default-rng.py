"""A generator of its own from default_rng, seeded only when the caller gives a seed."""

import numpy as np


def dropout_forward(x, dropout_param):
    rng = np.random.default_rng(dropout_param.get("seed"))
    p = dropout_param["p"]

    if dropout_param["mode"] == "train":
        keep = rng.random(x.shape) < p
        mask = keep.astype(np.float64) / p
        out = x * mask
    else:
        mask, out = None, x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
