"""Test mode hands the input on unchanged

Some layers do nothing once training is over. Dropout is one of them: what it does is an exercise for the network
while it learns. Batch normalisation is different. The layers behind it have learned to work with features that are
centred, have a known width, and were then stretched and shifted. If test mode hands on the raw numbers, these
layers meet inputs of a kind that they have never seen, and the trained network is of no use. What changes from
training to test is only where mean and variance come from. See it yourself: put the mean and the variance of a
batch into the dictionary as running averages, and run both modes on this very batch. How should the two outputs
compare?
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
        out = x

    return out, cache
