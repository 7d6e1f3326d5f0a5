"""The means inside dx run over the examples

Layer normalisation treats each example by itself: mean and variance belong to a row, and what one example is has no
influence on the output of another. So its gradient can't depend on another either. The two means in your dx run
down the columns, over all examples. They are right for batch normalisation, and that is probably where they come
from. Only two of the sums in this layer run over examples: those for the parameters that all examples share. See it
yourself: run backward on a batch of 4 examples, then on its first example alone, and compare the gradients of that
example. Which of your sums notice that the others are gone?
"""

import numpy as np


def layernorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=0)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=0)
    dx = (dx_hat - through_mean - through_variance) / std
    return dx, dgamma, dbeta
