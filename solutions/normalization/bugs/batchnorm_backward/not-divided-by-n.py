"""dx is too large by the number of examples

The mean of N numbers moves by one N-th when one of them moves by 1. This factor belongs to the paths through mean
and variance. In the formula on one line it is often pulled out, so that the path through the number itself is
multiplied by N, and everything is divided by N at the front. In your function this last division is missing. So all
three paths fit together, and each column of dx sums to zero as it should, but all numbers are too large by the size
of the batch. A training with it would behave like one with a step that is far too long. See it yourself: divide
your dx by a numerical gradient, for a batch of 3 and for one of 6.
"""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=0)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=0)
    dx = (dx_hat - through_mean - through_variance) / std * len(dout)
    return dx, dgamma, dbeta
