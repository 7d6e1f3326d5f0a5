"""The running variance is one of standard deviations

Two numbers tell how wide a feature is: the variance and its root. The dictionary has a place for one of them, and
its name says which. Your function collects the other one there. If your test mode knows of this, training and test
may even fit together in your own program. But the dictionary belongs to the caller: a file with trained averages
may come from somebody else, and yours may go to others. Besides, an average of roots is not the root of an average:
from the widths 1 and 7 you get 4 in the one way and 5 in the other. See it yourself: set momentum to 0, use a
column with the variance 9, and look at what the dictionary holds after the call.
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
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * std
    elif mode == "test":
        out = gamma * (x - running_mean) / running_var + beta

    return out, cache
