"""The whole Jacobian matrix of each row, times the upstream gradient."""

import numpy as np


def softmax_backward(dout, cache):
    p = cache[..., None]
    jacobian = p * np.eye(p.shape[-2]) - p * np.swapaxes(p, -1, -2)
    return np.einsum("...jk,...k->...j", jacobian, dout)
