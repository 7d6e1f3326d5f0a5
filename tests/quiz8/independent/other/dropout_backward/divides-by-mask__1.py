import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "test":
        return dout
    with np.errstate(all="ignore"):
        return (dout / mask).astype(dout.dtype)
