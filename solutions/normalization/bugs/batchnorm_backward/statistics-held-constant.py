"""Mean and variance are both treated as constants

Your gradient is what one gets when mean and variance are numbers from outside, as in test mode: then each output
depends on one input alone. In training mode both are worked out from the batch. Each input has a hand in them, and
through them it moves the outputs of all other examples. So two more paths lead from an input to the loss, and the
chain rule adds up all paths. What is missing is not small: the two paths take away just the part of the gradient
that would shift or stretch the whole column, since such changes have no effect. See it yourself: change one input
by 0.001 and print by how much each output of that column changes. How many of them stay as they were?
"""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=0)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=0)
    dx = dx_hat / std
    return dx, dgamma, dbeta
