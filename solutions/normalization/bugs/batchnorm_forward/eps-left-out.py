"""Eps is left out

A feature may be the same in all examples of a batch: a pixel in the corner that is always black, or a unit that a
ReLU has switched off. Its variance is then 0, and so is the number that your function divides by. What comes out is
not a number, and one of these is enough to spoil the whole network within a step or two. The small constant eps is
there for this feature alone; for the others it makes no difference that anybody could see. See it yourself: let one
column of the batch hold the same number in every row, run your function and print that column. Then make eps as
large as the variance and compare what you expect with what you get.
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
        std = np.sqrt(var)
        x_hat = (x - mean) / std
        out = gamma * x_hat + beta
        cache = (x, x_hat, std, gamma)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var) + beta

    return out, cache
