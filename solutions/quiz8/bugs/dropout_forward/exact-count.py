"""Every mask keeps exactly the same number of units

Toss ten fair coins, and you will often get five heads, but also four, or seven. Dropout is meant like this: each
unit has its own toss, which knows nothing about the others, so the number of survivors changes from call to call.
Your function decides the number beforehand and only shuffles which units get the places. Then the units depend on
each other: if one stays, there is a place less for the rest. The share is perfect, even too perfect, and the
average looks right; that makes the mistake hard to find. See it yourself: run training mode fifty times on an array
of twenty ones with a p of 0.5, count the survivors each time, and draw a bar chart of the counts. Do the same with
fifty rounds of twenty coin tosses, and compare the two charts.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        n_keep = round(p * x.size)
        order = np.random.permutation(x.size)
        mask = np.zeros(x.size)
        mask[order[:n_keep]] = 1 / p
        mask = mask.reshape(x.shape)
        out = x * mask
    elif mode == "test":
        out = x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
