import numpy as np


def dropout_backward(dout, cache):
    _, mask = cache
    dx = dout * mask
    return dx.astype(dout.dtype)
