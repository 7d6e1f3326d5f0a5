"""The survivors are made smaller by the factor p

Imagine a tug-of-war team from which only a share p turns up. For the rope to feel the same pull, each one who is
there must pull harder. The same goes for the units that survive dropout: they should come out larger than they went
in. Yours come out smaller, because the factor you use is p itself, and p is at most 1. The loss is then counted
twice, once by the units that are gone and a second time by the weaker survivors, so for a p of 0.5 the average
falls to a quarter. See it yourself: send a hundred thousand ones through training mode for a p of 0.25, 0.5 and
0.9, and note whether a survivor is larger or smaller than 1. Then multiply share and size: which product would
leave the average where it was?
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    out = None

    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) * p
        out = x * mask
    elif mode == "test":
        out = x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
