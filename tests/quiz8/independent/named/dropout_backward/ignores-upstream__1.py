import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "train":
        dx = mask
    else:
        dx = dout
    return dx
