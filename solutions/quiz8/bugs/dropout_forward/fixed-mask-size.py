"""The mask has one fixed size, whatever the size of the input

A layer must work for any input: a batch of 100 examples today, of 7 examples tomorrow, with as many units as the
network happens to have. Your mask has the size of the example in the notebook, written into the code as numbers.
For this one size it works. For most others NumPy cannot match the two arrays and stops with an error about shapes,
or, worse, it stretches one of them and returns an output that is larger than its input. See it yourself: call the
function with a small array, say three rows of four, then with a single row, and compare the shape of the output
with that of the input. Whatever you need to know about the size is already stored in the array that you were given.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        mask = (np.random.rand(500, 500) < p) / p
        out = x * mask
    else:
        out = x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
