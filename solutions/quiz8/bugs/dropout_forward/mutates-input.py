"""The caller's input array is changed

When an array is handed to a function in Python, no copy is made: the function holds the very same array as its
caller. Your function sets entries of that array to zero. The output is right, but the caller's data now has holes.
If the same batch is used again, in the next epoch or to work out a gradient, the holes are still there, and with
every call more numbers are lost. Such mistakes are hard to find, because they show up far away from the line that
caused them. See it yourself: keep a copy of a small array, call training mode with the array, and compare the two
afterwards. A layer should only read its input, and put its results into an array of its own.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    out = x
    if mode == "train":
        keep = np.random.rand(*x.shape) < p
        x[~keep] = 0
        out = x / p
        mask = keep / p

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
