"""Eps is always 1e-5, whatever bn_param says

A setting that a function is given is there to be used. The dictionary may bring an eps of its own, and your
function takes a fixed number instead. As long as everybody is content with the usual value, nothing can be noticed,
and that is nearly always: such a mistake can live in a program for years. Then somebody works with numbers in half
precision, needs a larger eps, sets it, and wonders why it has no effect. The same holds for the default: it is
meant for the case that the key is missing, and for no other. See it yourself: run your function twice on one batch,
with an eps of 0.001 and with one of 10, and compare the two outputs. Which should have the smaller numbers?
"""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps, momentum = 1e-5, bn_param.get("momentum", 0.9)
    running_mean = bn_param.setdefault("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.setdefault("running_var", np.zeros(x.shape[1]))
    out, cache = None, None

    if mode == "train":
        mean = x.mean(axis=0)
        var = x.var(axis=0)
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        out = gamma * x_hat + beta
        cache = (x, x_hat, std, gamma)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta

    return out, cache
