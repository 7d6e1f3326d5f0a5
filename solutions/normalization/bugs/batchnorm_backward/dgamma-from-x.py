"""dgamma uses x instead of the normalised x

The gradient of a factor is what it is multiplied by, times what comes from above, added up. So the question is what
gamma is multiplied by in the forward pass. It is not the input of the layer: at this point the mean has been taken
off, and the division has been done. Your sum takes the raw input. If the input happens to have the mean 0 and the
width 1, the two are the same, and random test data often are just that. For other data the result can be wrong by
any factor, and by an offset that depends on the mean. See it yourself: add 100 to every number of a batch. The
output does not change, so dgamma must not change either. Does yours?
"""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=0)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=0)
    dx = (dx_hat - through_mean - through_variance) / std
    return dx, dgamma, dbeta
