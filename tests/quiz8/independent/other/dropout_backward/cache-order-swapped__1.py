import numpy as np


def dropout_backward(dout, cache):
    mask, dropout_param = cache
    if dropout_param["mode"] == "train":
        return dout * mask
    return dout
