import numpy as np


class _Drop:
    def __init__(self, param):
        self.p = param["p"]
        self.train = param["mode"] == "train"
        self.rng = np.random.RandomState(param.get("seed"))

    def __call__(self, a):
        if not self.train:
            return a
        m = self.rng.binomial(1, self.p, a.shape) / self.p
        return (a * m).astype(a.dtype)


def dropout_forward(x, dropout_param):
    layer = _Drop(dropout_param)
    return layer(x), layer


def dropout_backward(dout, cache):
    return cache(dout)
