"""Vanilla dropout, with p read as the drop probability

Your function differs from the exercise in two ways. First, p is the chance to KEEP a unit in this course; you treat
it as the chance to lose one, so a share of one minus p survives. Second, you scale at test time, by one minus p, as
dropout did when it was first published. Here inverted dropout is wanted: the survivors are made larger in training,
and test mode passes its input through without any change, so that a finished network does not need to know p at
all. See it yourself: in training mode with a p of 0.9, count the share of outputs that are not zero and compare
their size with the input. Then call test mode and compare its output with its input, number by number.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        mask = np.random.uniform(size=x.shape) > p
        out = mask * x
    elif mode == "test":
        out = (1 - p) * x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
