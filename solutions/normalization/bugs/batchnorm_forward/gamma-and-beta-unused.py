"""Neither gamma nor beta is used

After normalising, every feature has the mean 0 and the width 1, whether this suits the next layer or not. A network
could then no longer express some things that it could before: a unit that should nearly always be on, for one. So
the layer ends with a step that is learned: each feature is stretched by its gamma and shifted by its beta, and with
the right choice even the old values could be brought back. Your function stops one step early. With gamma 1 and
beta 0, as training begins, nothing can be noticed; but the network would never learn other values. See it yourself:
call your function with two different choices of gamma and beta on one batch, and compare the outputs.
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
        out = x_hat
        cache = (x, x_hat, std, gamma)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = (x - running_mean) / np.sqrt(running_var + eps)

    return out, cache
