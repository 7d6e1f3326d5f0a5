"""p is read as the drop probability, and the survivors are not scaled

Two things are missing from your training mode. In this course p is the chance to KEEP a unit, but your comparison
treats it as the chance to lose one, so a share of one minus p survives. And inverted dropout makes the survivors
larger, so that the layer's average output stays the same whether or not units are missing. Your survivors keep
their old size, so the next layer sees smaller numbers in training than it will see later in test mode, where
nothing is dropped. See it yourself: feed a large array of ones through the function in training mode with a p of
0.9. Count the share of outputs that are not zero, and look at the average of the whole output. Both numbers tell
you something.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    if mode == "train":
        mask = (np.random.rand(*x.shape) >= p).astype(x.dtype)
        out = x * mask
    else:
        mask = None
        out = x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
