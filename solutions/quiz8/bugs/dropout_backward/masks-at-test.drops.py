import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if mask is None:
        p = dropout_param["p"]
        mask = (np.random.rand(*dout.shape) < p) / p
    return dout * mask
