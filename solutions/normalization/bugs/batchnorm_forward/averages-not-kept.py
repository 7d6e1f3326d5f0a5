"""The running averages in bn_param are never moved

A name inside a function is like a note on your own desk: when the function ends, the desk is cleared. What the
caller can see after the call are the return values, and the objects that were handed in and changed. The running
averages have to outlive the call, since they are collected over hundreds of batches, and the place for them is the
dictionary. In your function they never arrive there: the caller finds the old numbers after each call, and test
mode works with the start values for ever. The output of training mode does not show it. See it yourself: make a
dictionary with only the mode in it, call training mode twice, and print the dictionary before the first call,
between the calls, and after the second.
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
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        out = gamma * x_hat + beta
        cache = (x, x_hat, std, gamma)
        running_mean = momentum * running_mean + (1 - momentum) * mean
        running_var = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta

    return out, cache
