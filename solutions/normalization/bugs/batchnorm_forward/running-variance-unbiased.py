"""The running variance divides by N - 1, the output by N

There are good reasons to keep two kinds of variance apart: one that says how wide this batch is, and one that
estimates how wide all data are. PyTorch does so, and if you have looked there, you did well to notice. But a
convention must be known to both sides. This notebook states that one and the same variance, with N in the divisor,
goes into the output and into the running average. Whoever compares your layer with another one that follows the
notebook finds that training mode agrees to the last digit and test mode does not. See it yourself: use a batch of
only two examples and set momentum to 0, so that nothing of the old remains. What should then stand in the running
variance?
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
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * x.var(axis=0, ddof=1)
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta

    return out, cache
