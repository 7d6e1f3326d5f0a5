import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "train":
        dx = np.sum(dout * mask, axis=0)
    else:
        dx = np.sum(dout, axis=0)
    return dx
