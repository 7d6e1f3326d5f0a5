"""Means by products with a vector of ones; the cache is a closure; both functions."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    N, D = x.shape
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    running = np.array([bn_param.get("running_mean", np.zeros(D)), bn_param.get("running_var", np.zeros(D))])
    if bn_param["mode"] == "train":
        ones = np.ones(N) / N
        mean = ones @ x
        var = ones @ np.square(x - mean)
        running = momentum * running + (1 - momentum) * np.array([mean, var])
        bn_param["running_mean"], bn_param["running_var"] = running
    else:
        mean, var = running
    inverse = 1 / np.sqrt(eps + var)
    x_hat = np.einsum("nd,d->nd", x - mean, inverse)

    def back(dout):
        dgamma, dbeta = np.einsum("nd,nd->d", dout, x_hat), dout.sum(0)
        return gamma * inverse * (dout - (x_hat * dgamma + dbeta) / N), dgamma, dbeta

    return np.einsum("nd,d->nd", x_hat, gamma) + beta, back


def batchnorm_backward(dout, cache):
    return cache(dout)
