"""The survivors are scaled by the drop probability

Your mask keeps the right share of units: each one stays with chance p. Now think about the factor. If only a
quarter of the units survive, each of them has to stand in for four, so the factor depends on the share that is
KEPT. Yours depends on the share that is lost. For a p of 0.25 it is about 1.33 where 4 is needed, and for a p of
0.9 it is 10 where a little more than 1 is needed. At a p of 0.5 both shares are equal, so a test at 0.5 alone shows
nothing. See it yourself: run a large array of ones through the function in training mode for several values of p,
and look at the average of the output and at the size of the survivors. The average should not depend on p.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        keep = np.random.rand(*x.shape) < p
        mask = keep / (1.0 - p)
        out = x * mask
    else:
        out = x
    return out.astype(x.dtype, copy=False), (dropout_param, mask)
