"""The variance as the mean of squares minus the square of the mean; averages moved by a difference."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    bn_param.setdefault("running_mean", np.zeros(x.shape[1]))
    bn_param.setdefault("running_var", np.zeros(x.shape[1]))
    if bn_param["mode"] == "train":
        mean = x.mean(0)
        var = np.maximum((x * x).mean(0) - mean * mean, 0.0)
        for key, new in (("running_mean", mean), ("running_var", var)):
            bn_param[key] = bn_param[key] + (1 - momentum) * (new - bn_param[key])
    else:
        mean, var = bn_param["running_mean"], bn_param["running_var"]
    std = np.sqrt(var + eps)
    scale = gamma / std
    shift = beta - mean * scale
    return x * scale + shift, (x, (x - mean) / std, std, gamma)
