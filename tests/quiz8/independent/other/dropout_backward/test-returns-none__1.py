import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    dx = None
    if dropout_param["mode"] == "train":
        dx = (dout * mask).astype(dout.dtype)
    return dx
