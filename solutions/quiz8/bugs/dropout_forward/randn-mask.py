"""The mask is drawn from a normal distribution

A unit stays on when a random number falls below p. This gives the chance p only if the number is spread evenly
between 0 and 1, because then a share p of all draws lies below p. Your numbers come from a bell curve around 0
instead. Half of them are negative, and every negative number is below p, so far too many units survive. The share
you keep is the area under the bell curve to the left of p: about 60 % for a p of 0.25, 69 % for 0.5, and 82 % for
0.9. See it yourself: run your function on a large array of ones for several values of p and count the share of
outputs that are not zero. Then draw a histogram of your random numbers and ask how much of it lies left of p.

Evidence: Each is the chance that a standard normal number falls below p: the mask is drawn from a normal distribution
where a uniform one is needed.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    out = None

    if mode == "train":
        mask = (np.random.randn(*x.shape) < p) / p
        out = x * mask
    elif mode == "test":
        out = x

    cache = (dropout_param, mask)
    out = out.astype(x.dtype, copy=False)
    return out, cache
