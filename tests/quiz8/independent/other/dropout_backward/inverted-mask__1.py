import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if mask is None:
        return dout
    dx = dout / dropout_param["p"]
    dx[mask > 0] = 0
    return dx.astype(dout.dtype)
