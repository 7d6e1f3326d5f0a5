"""The cache is an object of the student's own class; both functions."""

import numpy as np


class DropoutState:
    def __init__(self, factor):
        self.factor = factor


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    state = DropoutState(1.0)
    if dropout_param["mode"] == "train":
        state.factor = np.random.choice([False, True], size=x.shape, p=[1 - p, p]) / p
    out = x * state.factor
    return out.astype(x.dtype, copy=False), state


def dropout_backward(dout, cache):
    return dout * cache.factor
