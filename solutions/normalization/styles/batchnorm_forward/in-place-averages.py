"""The running arrays of bn_param are written into."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    D = x.shape[1]
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.setdefault("running_mean", np.zeros(D))
    running_var = bn_param.setdefault("running_var", np.zeros(D))
    if bn_param["mode"] == "test":
        return (x - running_mean) / np.sqrt(running_var + eps) * gamma + beta, None
    mu, var = np.mean(x, axis=0), np.var(x, axis=0)
    running_mean[...] = momentum * running_mean + (1 - momentum) * mu
    running_var *= momentum
    running_var += (1 - momentum) * var
    std = np.sqrt(var + eps)
    x_hat = (x - mu) / std
    return gamma * x_hat + beta, (x, x_hat, std, gamma)
