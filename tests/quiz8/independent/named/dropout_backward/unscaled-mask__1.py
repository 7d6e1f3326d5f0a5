import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "test":
        return dout
    dx = np.zeros_like(dout)
    dx[mask != 0] = dout[mask != 0]
    return dx
