"""The mask itself is returned as the output

A mask is like a stencil: it says which places stay open and by how much they are enlarged. The output of the layer
is what you see when the stencil lies on the picture. Your function makes a good stencil, but hands it on by itself;
the picture is missing. Whatever the input holds, the next layer gets only zeros and one other number, so it can
learn nothing about the data. With an input of ones, stencil and result look the same, and ones are a popular test.
See it yourself: run training mode on an array that counts 1, 2, 3 and so on, print input and output below each
other, and look for your numbers. Then make the input ten times larger, use the same seed both times, and see what
that does to the output.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = mask
    elif mode == "test":
        out = x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
