"""dgamma uses x minus its mean, not divided by the standard deviation

The gradient of a factor is what it is multiplied by, times what comes from above, added up. In the forward pass
gamma is multiplied by the normalised input: the mean has been taken off, and the result has been divided by the
standard deviation. In your sum the second step is missing. So dgamma comes out in the units of the input: too large
by the standard deviation of its feature. For data of width 1 this can't be noticed, and random test data often are
just that. See it yourself: multiply a whole batch by 10. With a tiny eps the output does not change, so dgamma must
not change either. Print it before and after, and compare the quotient with the standard deviation of each column.
"""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * (x - x.mean(axis=0)), axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=0)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=0)
    dx = (dx_hat - through_mean - through_variance) / std
    return dx, dgamma, dbeta
