import numpy as np


def dropout_backward(dout, cache):
    _, mask = cache
    dx = np.array(dout)
    if mask is not None:
        for k in range(dx.size):
            dx.flat[k] *= mask.flat[k]
    return dx
