"""Copies the gradient, sets the dropped units to zero, then scales."""

import numpy as np


def dropout_backward(dout, cache, debug=False):
    param, mask = cache
    dx = np.copy(dout)
    if param["mode"] == "train":
        dx[mask == 0] = 0
        dx = dx / param["p"]
    if debug:
        print(dx)
    return dx
