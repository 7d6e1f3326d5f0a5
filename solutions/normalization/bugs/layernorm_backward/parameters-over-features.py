"""dgamma and dbeta are summed over the features

In layer normalisation two kinds of numbers meet. Mean and variance belong to an example, gamma and beta to a
feature. When the axes of batch normalisation are exchanged, only the first kind may change: gamma still has one
number for each column, all examples use it, and so its gradient collects over the examples. Your sums run along the
rows. They leave one number for each example, and examples have no gamma. For as many examples as features even the
shape is right, and then nothing warns you. See it yourself: choose 6 examples and 4 features, and print the shapes
of gamma and beta and those of their gradients below each other.
"""

import numpy as np


def layernorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=1)
    dbeta = np.sum(dout, axis=1)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=1, keepdims=True)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=1, keepdims=True)
    dx = (dx_hat - through_mean - through_variance) / std
    return dx, dgamma, dbeta
