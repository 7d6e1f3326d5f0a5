"""The mask keeps a share of 1 - p, but the scaling expects p

Inverted dropout has two halves that must belong together: the share of units that stay, and the factor that makes
up for the missing ones. Your factor is right for a function that keeps a share p. Your comparison, however, looks
at the wrong side of the limit: the units that should have survived are the ones you switch off, and a share of one
minus p is left. At a p of 0.5 both shares are the same, so nothing shows there. At a p of 0.25 three quarters
survive and each is made four times larger, so the average output is three times too large. See it yourself: take a
large array of ones, try several values of p, and compare the share of outputs that are not zero with p, and the
average with 1.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    mode = dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        mask = np.random.random(x.shape) > p
        mask = mask / p
        out = x * mask
    else:
        out = x.copy()

    cache = (dropout_param, mask)
    out = out.astype(x.dtype, copy=False)
    return out, cache
