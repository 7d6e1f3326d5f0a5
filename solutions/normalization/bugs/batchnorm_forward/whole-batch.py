"""One mean and one variance for all features together

Imagine a table with the height of people in metres and their weight in kilograms. If you take one mean over all
numbers of the table, you get something like 35, which says nothing about heights nor about weights. After such a
step the heights are all close together far below zero, and the weights far above. Batch normalisation is to make
features comparable, and for that each of them needs a mean and a width of its own. Your function works out a single
number for all of them. See it yourself: make a batch of two columns, one with numbers near 1 and one with numbers
near 100, and print the mean of each column of your output. Both should be 0. How many means does your function have
to compute?
"""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.setdefault("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.setdefault("running_var", np.zeros(x.shape[1]))
    out, cache = None, None

    if mode == "train":
        mean = np.mean(x)
        var = np.var(x)
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        out = gamma * x_hat + beta
        cache = (x, x_hat, std, gamma)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta

    return out, cache
