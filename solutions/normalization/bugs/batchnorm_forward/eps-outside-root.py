"""Eps is added to the root, not to the variance

Two recipes keep a quotient finite: add a little to the variance and then take the root, or take the root and then
add a little. For wide features nobody can tell them apart, and both avoid a division by zero. But they are two
different functions. For a feature that is nearly constant, your divisor is much smaller than the one that the
formula asks for: with a variance of 0 and eps = 1e-4 the one gives 0.0001 and the other 0.01, a factor of a
hundred. Gradients that belong to the formula then don't fit your output. See it yourself: take a column with the
variance 4 and set eps to 5, so that the numbers come out round, and read the formula in the notebook from the
inside to the outside.
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
        var = x.var(axis=0)
        std = np.sqrt(var) + eps
        x_hat = (x - mean) / std
        out = gamma * x_hat + beta
        cache = (x, x_hat, std, gamma)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / (np.sqrt(running_var) + eps) + beta

    return out, cache
