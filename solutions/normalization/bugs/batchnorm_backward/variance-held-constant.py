"""The variance is treated as a constant

The layer divides each feature by its standard deviation, and that is made of the very numbers that are divided.
Push one number further away from the mean, and the divisor grows: all other outputs of this feature shrink towards
zero. Your gradient has the path through the number itself and the one through the mean, but it takes the variance
for a number that came from outside. There is a quick test for it. If a column is stretched around its mean, the
outputs stay what they were; so dx and the normalised input must cancel when they are multiplied and added up over a
column. See it yourself: work out this sum for your dx with a tiny eps, and draw all paths from one input to one
output.
"""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=0)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=0)
    dx = (dx_hat - through_mean) / std
    return dx, dgamma, dbeta
