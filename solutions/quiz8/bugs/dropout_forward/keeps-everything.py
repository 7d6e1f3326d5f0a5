"""The limit works out as 1, so no unit is ever dropped

Python works through a line in a fixed order: a division is done before a comparison, just as in school a product is
done before a sum. In your line the limit is therefore divided first, p by p, which is always 1. Random numbers
between 0 and 1 are always below 1, so every comparison is true and every unit stays. The scaling has gone as well,
because it was used up inside the limit. Training mode then hands back its input without any change. See it
yourself: print the mask for a small array and count its zeros. Then write down on paper the order in which Python
does the steps of that line, and mark the part that you wanted to be done first.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    out = None

    if mode == "train":
        mask = np.random.rand(*x.shape) < p / p
        out = x * mask
    elif mode == "test":
        out = x

    cache = (dropout_param, mask)
    out = out.astype(x.dtype, copy=False)
    return out, cache
