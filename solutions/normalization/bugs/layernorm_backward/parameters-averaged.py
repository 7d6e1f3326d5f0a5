"""dgamma and dbeta are means over the examples, not sums

One gamma and one beta serve all examples of a feature. If beta rises a little, the outputs of all examples rise,
and their effects on the loss pile up: they are added. A mean asks another question, namely how much a typical
example matters. Many losses are themselves means over a batch, but then the division by the number of examples has
been done at the start of the backward pass, and the upstream gradient has it in it already. Doing it again makes
both gradients too small, the more so the larger the batch. With a batch of one nothing can be noticed. See it
yourself: let the upstream gradient be all ones, raise beta by 1, and count by how much the sum of all outputs
grows.
"""

import numpy as np


def layernorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    dgamma = np.mean(dout * x_hat, axis=0)
    dbeta = np.mean(dout, axis=0)
    dx_hat = dout * gamma
    through_mean = np.mean(dx_hat, axis=1, keepdims=True)
    through_variance = x_hat * np.mean(dx_hat * x_hat, axis=1, keepdims=True)
    dx = (dx_hat - through_mean - through_variance) / std
    return dx, dgamma, dbeta
