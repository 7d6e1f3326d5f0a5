"""The running averages are those of the last batch alone

The mean of one batch is a rough guess at the mean of all data: draw another batch, and it is another number.
Averaged over many batches, the accidents cancel, and that is what a running average is for. Each call should move
it a little towards the new batch, and momentum says how little. Your function throws the old value away and puts
the new one in its place. So test mode works with the accidents of whichever batch came last, and a last batch of
two or three examples can ruin a whole training. See it yourself: train on a batch with the mean 10 and then on one
with the mean 20, with a momentum of 0.9. Which number should stand in the dictionary, and why is it so far from 20?
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
        bn_param["running_mean"] = mean
        bn_param["running_var"] = var
    elif mode == "test":
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta

    return out, cache
