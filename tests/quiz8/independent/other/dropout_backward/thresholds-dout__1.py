import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        return ((dout < p) * dout / p).astype(dout.dtype)
    return dout
