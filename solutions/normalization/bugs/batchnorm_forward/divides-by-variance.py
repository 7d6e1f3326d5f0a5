"""Divides by the variance, not by its root

A variance is measured in squares: if the data are metres, it is square metres. To measure a distance from the mean
in units of the typical distance, you need a number in metres, and that is the root of the variance, the standard
deviation. Your function divides by the variance itself. What comes out depends on the units: the same data in
centimetres give numbers a hundred times smaller, and a layer that is to make features comparable does the opposite.
For data with the variance 1, and that is what many people test with, nothing can be noticed. See it yourself: run
your function on a batch and on ten times the same batch, with a tiny eps. The two outputs should be equal. By how
much do yours differ?
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
        std = var + eps
        x_hat = (x - mean) / std
        out = gamma * x_hat + beta
        cache = (x, x_hat, std, gamma)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / (running_var + eps) + beta

    return out, cache
