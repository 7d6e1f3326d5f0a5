"""Test mode moves the running averages too

Test mode is for using what was learned, not for learning. A finished network should give the same answer to the
same question today and tomorrow, no matter what it was asked in between. In your function each call in test mode
moves the running averages a little towards the data that it was given, so the answers drift. In a measurement of
accuracy it is worse: the test data have then quietly taken part in the training. The output of the single call may
well be right, so that nobody looks here. See it yourself: call test mode a hundred times with one batch, and print
the running mean before and after. Then find out which lines of your function run in both modes, and which should
not.
"""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    mode = bn_param["mode"]
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running_mean = bn_param.setdefault("running_mean", np.zeros(x.shape[1]))
    running_var = bn_param.setdefault("running_var", np.zeros(x.shape[1]))
    out, cache = None, None

    mean, var = x.mean(axis=0), x.var(axis=0)
    if mode == "train":
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        out = gamma * x_hat + beta
        cache = (x, x_hat, std, gamma)
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta

    bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
    bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    return out, cache
