import numpy as np


def dropout_backward(dout, cache):
    param, mask = cache
    if mask is None:
        return dout
    binary = np.rint(mask * param["p"])
    return (dout * binary).astype(dout.dtype)
