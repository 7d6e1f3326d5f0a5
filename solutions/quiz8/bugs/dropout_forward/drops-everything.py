"""The mask is overwritten by its own second step

You change the random numbers into a mask in two steps, and both steps look at the same array. The first turns the
numbers that stay into ones. The second sets everything above p to zero. But by then the array holds ones as well,
and a one is above p, so the units that have just been kept are wiped out too. In the end the whole mask is zero and
the layer passes nothing on. Only with a p of exactly 1 does it work. See it yourself: take a small array, print it
after each of the two steps, and follow one number that should have been kept. A safe habit is to decide once, from
the untouched random numbers, and never to compare with an array that you are still changing.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        mask = np.random.rand(*x.shape)
        mask[mask <= p] = 1
        mask[mask > p] = 0
        mask = mask / p
        out = x * mask
    else:
        out = x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
