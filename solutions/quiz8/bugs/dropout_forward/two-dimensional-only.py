"""The function accepts only inputs with two dimensions

Your function takes the shape of the input apart into rows and columns. That works for a batch of plain vectors. But
dropout treats every number on its own, so it does not matter how the numbers are arranged: a single vector, a batch
of vectors, or a stack of images with channels, height and width. With one dimension Python finds too few numbers in
the shape, with three or four it finds too many, and it stops with an error. See it yourself: call training mode
with an array of three dimensions and read the last line of the error. Then ask which parts of your code really need
to know how many dimensions there are. The shape can be used as a whole, without naming its parts.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        N, D = x.shape
        mask = (np.random.rand(N, D) < p) / p
        out = x * mask
    elif mode == "test":
        out = x

    cache = (dropout_param, mask)
    return out.astype(x.dtype, copy=False), cache
