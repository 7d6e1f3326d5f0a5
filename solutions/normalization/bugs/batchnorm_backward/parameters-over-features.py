"""dgamma and dbeta are summed over the features

A gradient has the shape of what it belongs to. There is one gamma for each feature, so dgamma has one number for
each feature too. A sum over the features uses them up: what is left is one number for each example, and examples
have no gamma. For a batch with as many examples as features even the shape is right, and a test with a square array
may not stumble over it. Think of who shares what: all examples of a column use the same gamma, so the contributions
of all examples of that column are collected. See it yourself: choose 6 examples and 4 features, and print the
shapes of gamma, of beta, and of your two gradients below each other.
"""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=1)
    dbeta = np.sum(dout, axis=1)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=0)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=0)
    dx = (dx_hat - through_mean - through_variance) / std
    return dx, dgamma, dbeta
