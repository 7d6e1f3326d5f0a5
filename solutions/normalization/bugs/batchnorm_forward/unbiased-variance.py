"""The variance divides by N - 1

Statisticians divide by one less than the number of values when they estimate the variance of a large population
from a sample: the sample's own mean lies too close to its values, and the smaller divisor makes up for it. Here
nothing is estimated. The layer wants the numbers of this very batch to have the variance 1, and for that the sum of
squares is divided by how many there are. With 100 examples the two differ by half a percent, and with 3 examples by
nearly a quarter. The formula in the notebook says which one is meant, and the gradient is derived from it. See it
yourself: normalise a column that holds just 1 and 3. Which two numbers does the formula ask for, and which do you
get?
"""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.setdefault("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.setdefault("running_var", np.zeros(x.shape[1]))
    out, cache = None, None

    if mode == "train":
        mean = x.mean(axis=0)
        var = x.var(axis=0, ddof=1)
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        out = gamma * x_hat + beta
        cache = (x, x_hat, std, gamma)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta

    return out, cache
