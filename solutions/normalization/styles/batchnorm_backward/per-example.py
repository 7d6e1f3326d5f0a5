"""A comprehension over examples."""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = sum(g * h for g, h in zip(dout, x_hat))
    dbeta = sum(dout)
    rows = [gamma * (g - dbeta / len(x) - h * dgamma / len(x)) / np.ravel(std) for g, h in zip(dout, x_hat)]
    return np.array(rows), dgamma, dbeta
