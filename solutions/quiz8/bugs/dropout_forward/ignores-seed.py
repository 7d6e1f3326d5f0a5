"""The seed is never used

A computer's random numbers come from a recipe that starts at some number, called the seed. Whoever starts the
recipe at the same place gets the same numbers. The settings may hold a seed for just this purpose: a numerical
gradient, for instance, calls the layer many times and needs the same units to be off in each call. Your function
never asks whether a seed is there, so it draws other units every time. Its masks are good ones, but nobody can
repeat them, and a gradient check compares results that have nothing to do with each other. See it yourself: put a
seed into the settings, run training mode twice on one array, and mark the places where the two outputs differ. What
would you have to know to get the first output again?
"""

import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]

    mask = None
    if mode == "train":
        mask = (np.random.rand(*x.shape) < p) / p
        out = x * mask
    elif mode == "test":
        out = x

    return out.astype(x.dtype, copy=False), (dropout_param, mask)
