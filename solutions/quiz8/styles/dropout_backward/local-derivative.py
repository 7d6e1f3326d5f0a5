"""Builds the local derivative with a helper, then applies the chain rule."""

import numpy as np


def local_derivative(param, mask, shape):
    """Return the derivative of each output by its own input."""
    if param["mode"] == "train":
        return (mask != 0).astype(float) / param["p"]
    return np.ones(shape)


def dropout_backward(dout, cache):
    param, mask = cache
    return local_derivative(param, mask, dout.shape) * dout
