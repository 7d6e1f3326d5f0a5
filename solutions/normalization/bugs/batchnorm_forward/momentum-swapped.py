"""Momentum weighs the new batch instead of the old average

A running average is a mixture of what was known and what is new. Both shares are written with one number, and there
are two habits for it: in some libraries it is the share of the new, here it is the share of the old. With 0.9 the
difference is large. By the rule of this notebook, one batch moves the average by a tenth of the way; with the
shares exchanged it jumps by nine tenths, and after two batches hardly anything of the ones before is left. Then
test mode hangs on the last batch of training, with all its accidents. With a momentum of 0.5 nothing can be
noticed. See it yourself: start at 0, hand in batches whose mean is 10, and write down by hand what should stand
there after one call and after two.
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
        bn_param["running_mean"] = (1 - momentum) * running_mean + momentum * mean
        bn_param["running_var"] = (1 - momentum) * running_var + momentum * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta

    return out, cache
