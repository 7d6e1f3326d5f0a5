"""The means inside dx are divided by the number of examples

A mean is a sum divided by how many numbers were added. In layer normalisation mean and variance are taken over the
features of an example, so the sums in dx run over the features, and it is their number that stands below the line.
Your sums run over the right axis, but they are divided by the number of examples in the batch, as in batch
normalisation. For as many examples as features nothing can be noticed. Otherwise two of the three paths are too
strong or too weak, and they change when examples are added to the batch that have nothing to do with this one. See
it yourself: run backward on an example alone, and then on the same example twice. What should happen to its
gradient?
"""

import numpy as np


def layernorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.sum(dout * x_hat, axis=0)
    dbeta = np.sum(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.sum(dx_hat, axis=1, keepdims=True) / len(x)
    through_variance = x_hat * np.sum(dx_hat * x_hat, axis=1, keepdims=True) / len(x)
    dx = (dx_hat - through_mean - through_variance) / std
    return dx, dgamma, dbeta
