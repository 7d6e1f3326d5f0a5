"""Neither gamma nor beta is used in test mode

A network learns gamma and beta together with all other weights, and the layers behind rely on what these make of
the features. Your training mode uses both, but in test mode the function stops after normalising. It is as if a
musician had tuned an instrument for weeks and then played another one at the concert: what comes out has the mean 0
and the width 1 again, and no later layer has ever seen such numbers. With gamma 1 and beta 0 nothing can be
noticed, and so a test with an untrained layer passes. See it yourself: set the running averages to the mean and the
variance of a batch. Then both modes should give the same output for this batch, whatever gamma and beta are.
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
        out = (x - running_mean) / np.sqrt(running_var + eps)

    return out, cache
