"""An object as cache, with helper functions; both functions."""

import numpy as np


class Saved:
    def __init__(self, **values):
        self.__dict__.update(values)


def statistics(x):
    return np.average(x, axis=0), np.std(x, axis=0) ** 2


def mixed(old, new, share):
    return new * (1 - share) + old * share


def batchnorm_forward(x, gamma, beta, bn_param):
    eps = bn_param.get("eps", 1e-5)
    zeros = np.zeros(x.shape[-1])
    old = bn_param.get("running_mean", zeros), bn_param.get("running_var", zeros)
    if bn_param["mode"] == "test":
        return np.divide(x - old[0], np.sqrt(old[1] + eps)) * gamma + beta, None
    mean, var = statistics(x)
    share = bn_param.get("momentum", 0.9)
    bn_param.update(running_mean=mixed(old[0], mean, share), running_var=mixed(old[1], var, share))
    saved = Saved(centred=x - mean, var=var, eps=eps, gamma=gamma)
    return gamma * saved.centred / np.sqrt(var + eps) + beta, saved


def batchnorm_backward(dout, cache):
    N = len(dout)
    root = np.sqrt(cache.var + cache.eps)
    dhat = dout * cache.gamma
    dvar = np.sum(dhat * cache.centred, axis=0) * -0.5 * (cache.var + cache.eps) ** -1.5
    dmean = np.sum(-dhat / root, axis=0) + dvar * np.mean(-2.0 * cache.centred, axis=0)
    dx = dhat / root + dvar * 2.0 * cache.centred / N + dmean / N
    return dx, np.sum(dout * cache.centred / root, axis=0), np.sum(dout, axis=0)
