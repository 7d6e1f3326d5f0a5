"""Local averages with defaults, stored at the end in both modes; powers in place of roots."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps = bn_param.get("eps", 1e-5)
    momentum = bn_param.get("momentum", 0.9)
    N, D = x.shape
    running_mean = bn_param.get("running_mean", np.zeros(D, dtype=x.dtype))
    running_var = bn_param.get("running_var", np.zeros(D, dtype=x.dtype))
    out, cache = None, None
    if mode == "train":
        mean = np.sum(x, axis=0) / N
        centred = x - mean
        var = np.sum(centred**2, axis=0) / N
        inv_std = (var + eps) ** -0.5
        x_hat = centred * inv_std
        out = x_hat * gamma + beta
        cache = (x, x_hat, 1.0 / inv_std, gamma)
        running_mean = momentum * running_mean + (1.0 - momentum) * mean
        running_var = momentum * running_var + (1.0 - momentum) * var
    elif mode == "test":
        x_hat = (x - running_mean) * (running_var + eps) ** -0.5
        out = x_hat * gamma + beta
    else:
        raise ValueError("Unknown mode")
    bn_param["running_mean"] = running_mean
    bn_param["running_var"] = running_var
    return out, cache
