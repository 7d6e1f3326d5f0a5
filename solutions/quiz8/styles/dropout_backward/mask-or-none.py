"""Asks whether there is a mask instead of looking at the mode, and copies the gradient in test mode."""

import numpy as np


def dropout_backward(dout, cache):
    mask = cache[1]
    if mask is None:
        return dout.copy()
    return np.multiply(dout, mask)
