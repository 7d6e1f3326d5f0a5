"""Sums by einsum, a list as the result."""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    n = len(dout)
    dgamma = np.einsum("ij,ij->j", dout, x_hat)
    dbeta = np.einsum("ij->j", dout)
    dx = (gamma / std) * (dout - dbeta / n - x_hat * (dgamma / n))
    return [dx, dgamma, dbeta]
