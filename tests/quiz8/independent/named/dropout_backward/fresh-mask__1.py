import numpy as np


def dropout_backward(dout, cache):
    dropout_param, _ = cache
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        mask = (np.random.rand(*dout.shape) < p) / p
        dx = dout * mask
    else:
        dx = dout
    return dx.astype(dout.dtype, copy=False)
