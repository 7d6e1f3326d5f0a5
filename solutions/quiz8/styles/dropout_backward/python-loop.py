"""A Python loop over all entries."""

import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "test":
        return 1 * dout
    dx = np.zeros(dout.shape, dtype=dout.dtype)
    for index in np.ndindex(dout.shape):
        if mask[index] != 0:
            dx[index] = dout[index] * mask[index]
    return dx
