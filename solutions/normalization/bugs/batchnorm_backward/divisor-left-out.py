"""dx is not divided by the standard deviation

In the forward pass each feature is divided by its standard deviation. If that is 100, a change of the input by 1
moves the normalised value by a hundredth only, and the loss hardly at all. Going backwards the same factor appears
again: wide features have small gradients. Your dx lacks it: the paths through number, mean and variance are there
and fit together, but all in units of the normalised input instead of those of the input itself. For data of width 1
nothing can be noticed. See it yourself: multiply the whole batch by 10 and compare the numerical gradients before
and after. Which factor lies between them, and which between yours?
"""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=0)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=0)
    dx = dx_hat - through_mean - through_variance
    return dx, dgamma, dbeta
