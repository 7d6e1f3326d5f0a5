import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    g = dout.copy()
    if dropout_param["mode"] == "train":
        g[mask == 0] = 0
        g /= g.dtype.type(dropout_param["p"])
    return g
