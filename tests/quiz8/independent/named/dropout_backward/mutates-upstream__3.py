import numpy as np


def dropout_backward(dout, cache):
    param, mask = cache
    if mask is None:
        return dout.copy()
    np.copyto(dout, 0, where=(mask == 0))
    return (dout / param["p"]).astype(dout.dtype)
