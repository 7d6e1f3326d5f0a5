"""The caller's upstream gradient is changed

In Python a function does not get a copy of an array, it works on the very array that its caller holds. Operators
like *= and -= write their result into that array. Your three gradients may be right, but the upstream gradient is
no longer what it was when it came in. If it is needed again, for a second path through the network or for a check,
everything that follows is wrong, and nobody will look for the reason in this layer. While gamma is 1 some of these
mistakes can't be noticed at all. See it yourself: keep a copy of the upstream gradient, call your function with a
gamma of 3, and compare the two afterwards. Then look for each place where something is written into an array that
came in as an argument.
"""

import numpy as np


def layernorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dout *= gamma
    dx_hat = dout
    through_mean = np.mean(dx_hat, axis=1, keepdims=True)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=1, keepdims=True)
    dx = (dx_hat - through_mean - through_variance) / std
    return dx, dgamma, dbeta
