"""Gamma is missing in dx

The forward pass ends with a multiplication: each feature is stretched by its gamma. Going backwards, the chain rule
meets this step first. If gamma is 3, a small change of the normalised value moves the output by three times as
much, and so the loss. In your dx this factor does not appear. Here it is more than a factor that could be put in at
the end: the features of one example have different gammas, and the means over the example mix them. While gamma is
1, as at the start of training, nothing can be noticed. See it yourself: run the gradient check once with a gamma of
ones and once with a gamma of 1, 2, 3 and so on. Which of the two passes?
"""

import numpy as np


def layernorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout
    through_mean = np.mean(dx_hat, axis=1, keepdims=True)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=1, keepdims=True)
    dx = (dx_hat - through_mean - through_variance) / std
    return dx, dgamma, dbeta
