"""Backward works with a standard deviation without eps

The backward pass has to differentiate the function that the forward pass has computed, to the last detail. Forward
divides by a root in which eps stands beside the variance. Your backward works out a standard deviation again, and
there eps is missing. For wide features the two are all but equal, so an ordinary gradient check passes. For a
feature that is nearly constant they are far apart, and for one that is exactly constant your gradient is not a
number. What was computed once need not be computed again: it can travel in the cache. See it yourself: run a
gradient check with an eps of 1, and then with a column that holds the same number in every row.
"""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    std = np.sqrt(x.var(axis=0))
    x_hat = (x - x.mean(axis=0)) / std
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=0)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=0)
    dx = (dx_hat - through_mean - through_variance) / std
    return dx, dgamma, dbeta
