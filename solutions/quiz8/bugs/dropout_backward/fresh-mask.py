"""The backward pass draws a new mask

The gradient belongs to one particular forward pass. In that pass some units were on and others were off, and only
those that were on had any influence on the loss. Your backward pass throws the dice again and gets another mask. So
it sends gradient to units that were off, and blocks units that were on. The share of zeros and the average size
look right, but the gradient does not match the output that it should explain. The forward pass stores things in the
cache for exactly this reason. See it yourself: run forward once, then backward twice with the same cache, and
compare the two results. Then compare the zeros of the output with the zeros of the gradient.
"""

import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    p = dropout_param["p"]
    mode = dropout_param["mode"]

    dx = None
    if mode == "train":
        mask = (np.random.rand(*dout.shape) < p) / p
        dx = dout * mask
    elif mode == "test":
        dx = dout
    return dx
