"""The path through the variance has the wrong sign

All three paths are in your dx, with the right sizes, but one of them points the wrong way. Think about what happens
when an input moves away from the mean: the variance grows, the standard deviation grows, and since it stands below
the line, every normalised value of the feature moves towards zero. Two steps of this chain raise something, and one
lowers it: the derivative of one over a root has a minus. A sign that is lost or written twice turns this path
around. See it yourself: work out the derivative of v to the power of minus one half with pencil and paper, put in v
= 4, and compare with a difference: by how much does the value change from v = 4 to v = 4.01?
"""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=0)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=0)
    dx = (dx_hat - through_mean + through_variance) / std
    return dx, dgamma, dbeta
