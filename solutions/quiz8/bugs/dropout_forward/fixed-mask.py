"""The same mask is drawn every time

A seed sets the starting point of the random numbers. With the same seed the same numbers follow, which is useful
when a test has to be repeated. Your function goes back to one fixed starting point whenever the caller gives no
seed, so every call draws the very same mask. Then the same units are off in every training step: they never learn
anything, and the others can lean on each other as if there were no dropout. The network trains one small part of
itself instead of an average over many parts. See it yourself: call your function twice in training mode with the
same array and no seed, and compare the two outputs. A seed should matter only when the caller has asked for one.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    rng = np.random.RandomState(dropout_param.get("seed", 42))

    mask = None
    if mode == "train":
        mask = (rng.rand(*x.shape) < p) / p
        out = x * mask
    elif mode == "test":
        out = x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
