"""Gamma is missing in dx

The forward pass ends with a multiplication: each feature is stretched by its gamma. Going backwards, the chain rule
meets this step first. If gamma is 3, a small change of the normalised value moves the output by three times as
much, and so the loss. In your dx this factor does not appear: the upstream gradient goes into the next step as it
came. Features with a large gamma get too small a gradient, and those with a negative one even a gradient in the
wrong direction. While gamma is 1, as at the start of training, nothing can be noticed. See it yourself: divide a
numerical gradient by your dx, element by element, and compare the quotients in each column with gamma.
"""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout
    through_mean = np.mean(dx_hat, axis=0)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=0)
    dx = (dx_hat - through_mean - through_variance) / std
    return dx, dgamma, dbeta
