"""Noise is added, but no unit is dropped

Adding noise to the input and dropping units are two ways to keep a network from learning its examples by heart, so
it is easy to mix them up. Noise shakes every number a little and removes none. Dropout is harsher: a unit is either
gone completely, with an output of zero, or it is there and enlarged. Only this forces the others to do without it.
Your function adds a random number from a bell curve to every input. All units survive this, and even an input of
zero becomes something else. See it yourself: run training mode on a thousand ones and draw a histogram of the
output. Dropout shows up as two thin spikes. Which shape do you get, and how many values are exactly zero? Then try
an array of zeros too.
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])

    mask = None
    if mode == "train":
        mask = np.random.normal(0, 1 - p, size=x.shape)  # the noise
        out = x + mask
    elif mode == "test":
        out = x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
