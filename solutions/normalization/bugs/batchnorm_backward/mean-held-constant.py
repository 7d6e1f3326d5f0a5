"""The mean is treated as a constant

The layer takes the mean off each feature, and the mean is made of the very numbers that it is taken off from. Raise
one input a little, and the mean rises too: all other outputs of this feature fall. Your gradient has the path
through the number itself and the one through the variance, but it takes the mean for a number that came from
outside. There is a quick test for it. If every number of a column grows by the same amount, no output changes at
all; so the gradients of a column must cancel when you add them up. See it yourself: print the sum of each column of
your dx. Then follow on paper what becomes of one input, and write down every place where it is used.
"""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=0)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=0)
    dx = (dx_hat - through_variance) / std
    return dx, dgamma, dbeta
