"""p is read as the probability to drop a unit

Two conventions for p are in use, and many books and web pages take the other one. In this course p is the chance to
KEEP a unit. Your function takes it as the chance to lose one: it keeps a share of one minus p, and it scales the
survivors for that share. Inside, everything fits together, so the average of the output looks right, and at a p of
0.5 nothing at all can be noticed. But a network that asks for a p of 0.9 wants to lose one unit in ten, and from
you it loses nine. See it yourself: run the function on a large array of ones with a p of 0.9 and count the share of
outputs that are not zero. Then look at the size of the survivors. Which p would explain what you see?
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    out = None

    if mode == "train":
        # p is the probability of turning a neuron off
        mask = (np.random.rand(*x.shape) > p) / (1 - p)
        out = x * mask
    elif mode == "test":
        out = x

    cache = (dropout_param, mask)
    return out.astype(x.dtype, copy=False), cache
