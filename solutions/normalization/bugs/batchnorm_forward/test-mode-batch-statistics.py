"""Test mode uses the statistics of the batch it is given

In training the layer compares the examples of a batch with each other. When the finished network is used, there may
be no others: a single picture comes and wants an answer. Its mean is the picture itself and its variance is zero,
so after normalising nothing of it is left. In larger batches the answer for one picture would depend on which
others happen to be with it. This is what the running averages were collected for: they remember what features
looked like over all of training, and they belong to nobody in particular. Your test mode does not look at them. See
it yourself: run test mode on a batch, then on its first row alone, and compare the first rows of both outputs.
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
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + eps) + beta

    return out, cache
