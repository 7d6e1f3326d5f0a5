"""dgamma and dbeta are in each other's place

Two of your results have the same shape, one number for each feature, so nothing complains when they are exchanged.
The caller opens the second result as the gradient of gamma and the third as that of beta; which names they had
inside your function, nobody can see. Ask for each what it should be: beta is added, so its gradient needs nothing
but what comes from above. Gamma multiplies the normalised input, so this input must appear in its gradient. Yours
are the other way round, and training would turn the wrong knob each time. See it yourself: take an upstream
gradient of ones. The gradient of beta is then the number of examples, for each feature. In which place do you find
it?
"""

import numpy as np


def layernorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=1, keepdims=True)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=1, keepdims=True)
    dx = (dx_hat - through_mean - through_variance) / std
    return dx, dbeta, dgamma
