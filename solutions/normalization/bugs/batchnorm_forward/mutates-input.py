"""The caller's arrays are changed

In Python a function does not get a copy of an array, it works on the very array that its caller holds. Operators
like -= and *= write their result into that array. Your output may be right, but the caller's batch is no longer
what it was. In the next epoch the same data come by again, already centred or already scaled, and nobody will look
for the reason in this layer. A gradient check calls a layer many times with one array, and every call would find
other numbers there. See it yourself: keep a copy of the batch, call your function, and compare the two. Then look
in your code for each place where something is assigned to an array that came in as an argument, or to another name
for the same array.
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
        x -= mean
        std = np.sqrt(var + eps)
        x_hat = x / std
        out = gamma * x_hat + beta
        cache = (x, x_hat, std, gamma)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta

    return out, cache
