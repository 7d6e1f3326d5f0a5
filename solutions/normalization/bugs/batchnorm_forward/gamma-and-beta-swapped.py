"""Gamma and beta are in each other's place

One of the two parameters stretches, the other shifts. Both have the same shape, so NumPy can't warn you when they
are exchanged, and the network may even learn something: it can find the right numbers under the wrong names. What
goes wrong at once is the start. Usually gamma begins at 1 and beta at 0. With the roles exchanged, every feature is
multiplied by 0 and then 1 is added: the layer gives out ones, whatever its input is, and no gradient gets through.
See it yourself: call your function with gamma = 1 and beta = 0, as at the start of training, and look at the
output. Then read the last formula of the forward pass aloud, and say which letter multiplies.
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
        out = beta * x_hat + gamma
        cache = (x, x_hat, std, gamma)
        bn_param["running_mean"] = momentum * running_mean + (1 - momentum) * mean
        bn_param["running_var"] = momentum * running_var + (1 - momentum) * var
    elif mode == "test":
        out = beta * (x - running_mean) / np.sqrt(running_var + eps) + gamma

    return out, cache
