"""The output is always float64, whatever type came in

A float64 number takes eight bytes, a float32 number four. Deep networks mostly use the short kind: twice as many
numbers fit into memory, and graphics cards are much faster with them. A layer in the middle of such a network
should give back the type it was given. The values in your output are right, but the type is always the long one. As
soon as one layer does this, all arrays that are computed from its output become twice as large as well, and nobody
notices until memory runs short. New arrays get the long type unless you ask for another, and a sum or product of
both types is long too. See it yourself: make a small float32 array, run both modes on it, and print the type and
the number of bytes of input and output.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    out = np.zeros(x.shape)
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out += x * mask
    elif mode == "test":
        out += x

    return out, (dropout_param, mask)
