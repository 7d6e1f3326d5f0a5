"""Statistics of shape (1, D), and so the running averages."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    keep = bn_param.get("momentum", 0.9)
    rm = bn_param.get("running_mean", np.zeros(x.shape[1]))
    rv = bn_param.get("running_var", np.zeros(x.shape[1]))
    cache = None
    if bn_param["mode"] == "train":
        mean = x.mean(axis=0, keepdims=True)
        var = ((x - mean) ** 2).mean(axis=0, keepdims=True)
        bn_param["running_mean"] = keep * rm + (1 - keep) * mean
        bn_param["running_var"] = keep * rv + (1 - keep) * var
        std = np.sqrt(var + eps)
        cache = (x, (x - mean) / std, std, gamma)
    else:
        mean, std = rm, np.sqrt(rv + eps)
    return gamma * ((x - mean) / std) + beta, cache
