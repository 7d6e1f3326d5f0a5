"""The path through the variance divides by N - 1

The variance of this notebook divides the sum of squares by N. Its derivative then has an N below the line too,
since a derivative keeps constant factors as they are. In your backward pass the path through the variance divides
by N - 1: it belongs to a variance that statisticians use to estimate the spread of a population from a sample. The
two passes no longer fit together. For large batches the difference is small, and a check with a generous tolerance
lets it pass. See it yourself: run the gradient check on a batch of three examples with a tolerance of one in a
million, and read off from your forward pass which number the squares are divided by.
"""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=0)
    through_variance = x_hat * np.sum(dx_hat * x_hat, axis=0) / (len(x) - 1)
    dx = (dx_hat - through_mean - through_variance) / std
    return dx, dgamma, dbeta
