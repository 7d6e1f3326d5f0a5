"""A ReLU has crept into the dropout layer

Your function cuts off negative numbers before it applies the mask. That step is a layer of its own, the ReLU.
Lecture notes often show the two in a row, in one short piece of code, and so it is easily copied along. A dropout
layer must not care about signs: every unit, negative or positive, stays with the same chance and is scaled in the
same way. As long as all inputs are above zero nothing can be noticed, so a test with large positive numbers passes.
See it yourself: feed an array of negative numbers through training mode and count how many of them survive. Then
write down in one sentence what a dropout layer does to a number, and check that each line of your code belongs to
it.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        H = np.maximum(0, x)
        mask = (np.random.rand(*H.shape) < p) / p
        out = H * mask
    elif mode == "test":
        out = x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
