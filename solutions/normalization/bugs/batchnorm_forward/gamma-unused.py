"""Gamma is not used

Each feature has two numbers that the network learns: gamma says how wide it is to be, and beta where its middle is
to lie. Your function shifts by the one, but it does not stretch by the other: all features keep the width 1,
however the network would like to have them. Gamma is then a parameter without influence. Its gradient should be
zero, and whatever backward says of it, it can't help. While gamma is 1, as at the start of training, nothing can be
noticed. See it yourself: make gamma ten times larger for one feature alone, run your function before and after that
change, and look at the column of this feature in both outputs. By how much should the spread of the column have
grown?
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
        out = x_hat + beta
        cache = (x, x_hat, std, gamma)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = (x - running_mean) / np.sqrt(running_var + eps) + beta

    return out, cache
