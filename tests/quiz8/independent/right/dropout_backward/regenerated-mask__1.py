import numpy as np


def _keep(shape, p, seed):
    return np.random.default_rng(seed).random(shape) < p


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, None
    seed = dropout_param.get("seed")
    if seed is None:
        seed = int(np.random.randint(2 ** 31 - 1))
    return (x * _keep(x.shape, p, seed) / p).astype(x.dtype), (p, seed)


def dropout_backward(dout, cache):
    if cache is None:
        return dout.copy()
    p, seed = cache
    return (_keep(dout.shape, p, seed) * dout / p).astype(dout.dtype)
