"""Beta is not used

Each feature has two numbers that the network learns: gamma says how wide it is to be, and beta where its middle is
to lie. Your function stretches by the one, but it does not shift by the other: all features keep the mean 0. A ReLU
behind this layer would then switch off about half of all examples for every unit, and no amount of training could
change that. Layers before this one can't help either, since any offset of theirs is taken off again. While beta is
0, as at the start of training, nothing can be noticed. See it yourself: set beta to 7 for one feature, run your
function in both modes, and print the mean of that column. Where should it lie?
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
        out = gamma * x_hat
        cache = (x, x_hat, std, gamma)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps)

    return out, cache
