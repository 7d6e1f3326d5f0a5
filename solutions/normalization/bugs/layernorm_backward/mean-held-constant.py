"""The mean is treated as a constant

The layer takes the mean off each example, and the mean is made of the very numbers that it is taken off from. Raise
one feature a little, and the mean of its example rises too: all its other features fall. Your gradient has the path
through the number itself and the one through the variance, but it takes the mean for a number that came from
outside. There is a quick test. If every number of an example grows by the same amount, none of its outputs changes;
so the gradients of a row must cancel when you add them up. See it yourself: print the sum of each row of your dx.
Then follow on paper what becomes of one input, and write down every place where it is used.
"""

import numpy as np


def layernorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=1, keepdims=True)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=1, keepdims=True)
    dx = (dx_hat - through_variance) / std
    return dx, dgamma, dbeta
