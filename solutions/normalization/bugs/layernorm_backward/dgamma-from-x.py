"""dgamma uses x instead of the normalised x

The gradient of a factor is what it is multiplied by, times what comes from above, added up. So the question is what
gamma is multiplied by in the forward pass. It is not the input of the layer: at this point each example has had its
mean taken off and has been divided by its standard deviation. Your sum takes the raw input. If the input happens to
be normalised already, the two are nearly the same, and random test data often are. For other data an example with
large numbers outvotes all others. See it yourself: add 100 to every number of an example. The output does not
change, so dgamma must not change either. Does yours?
"""

import numpy as np


def layernorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=1, keepdims=True)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=1, keepdims=True)
    dx = (dx_hat - through_mean - through_variance) / std
    return dx, dgamma, dbeta
