"""The output is scaled in training and once more in test mode

There are two ways to keep a layer's average output the same in training and in test mode. One makes the survivors
larger while training. The other leaves training alone and makes everything smaller at test time. Either is enough,
and each is a full correction. Your function does both, so test mode comes out too small, by the factor p. With a p
of 0.5 the network sees numbers half as large as those it has learned from, and after a few such layers hardly
anything is left. See it yourself: feed the same large array of ones through both modes and compare the two
averages. Then decide which of the two corrections inverted dropout means, and what that leaves for the other mode
to do.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    out = None

    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask
    elif mode == "test":
        out = x * p

    cache = (dropout_param, mask)
    out = out.astype(x.dtype, copy=False)
    return out, cache
