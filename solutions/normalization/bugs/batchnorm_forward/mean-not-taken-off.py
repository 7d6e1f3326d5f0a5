"""The mean is not taken off

To normalise takes two steps: move the data so that they lie around zero, then shrink or stretch them to width 1.
Your function does the second and leaves out the first. Each feature keeps its offset, measured in standard
deviations, and a feature whose values are all large and positive arrives at the next layer as just that. There it
shifts every unit in the same direction, which is what the layer was to prevent. For data with a mean of zero
nothing can be noticed, and random test data mostly have one. See it yourself: add 100 to every number of a batch.
By the formula the output should not change at all. Print the means of the columns of your output before and after.
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
        x_hat = x / std
        out = gamma * x_hat + beta
        cache = (x, x_hat, std, gamma)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = gamma * x / np.sqrt(running_var + eps) + beta

    return out, cache
