"""The mask compares normal random numbers with the drop probability

Two ideas are mixed up here. First, the random numbers come from a bell curve around 0. A chance can be read off by
comparing with a limit only when the numbers are spread evenly between 0 and 1; on a bell curve half of the numbers
are negative and pass any limit above 0. Second, the limit is one minus p, as if p were the chance to lose a unit.
In this course p is the chance to keep it. Together they turn things upside down: with a p of 0.25 about 77 % of the
units stay, and with a p of 0.9 only about 54 %. See it yourself: run the function on a large array of ones for a
small and a large p, count the share of outputs that are not zero, and ask whether this share grows when p grows.

Evidence: Each is the chance that a standard normal number falls below one minus p: the mask is drawn from a normal
distribution where a uniform one is needed, and p is read as the chance to drop a unit.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    drop = 1 - p
    mask = None
    if mode == "train":
        noise = np.random.randn(*x.shape)
        mask = (noise < drop) / drop
        out = x * mask
    else:
        out = x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
