"""The survivors are scaled twice

Inverted dropout makes each surviving unit larger to make up for the lost ones. One such step is the whole
correction. In your function the factor is already part of the mask, and then the product is scaled again. With a p
of 0.5 each survivor comes out four times as large as its input, where twice is enough, and the average output is
twice the average input. The smaller p is, the worse it gets. See it yourself: run a large array of ones through
training mode and print the distinct values of the output. There should be only two, zero and one other number.
Compare that number with what a share of p survivors needs to keep the average at 1, and then find every place in
your code where p appears.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask / p
    elif mode == "test":
        out = x

    cache = (dropout_param, mask)
    return out.astype(x.dtype, copy=False), cache
