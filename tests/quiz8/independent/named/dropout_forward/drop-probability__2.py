import numpy as np


class Dropout:
    def __init__(self, rate, seed=None):
        self.rate = rate
        self.keep = 1.0 - rate
        self.rng = np.random.RandomState(seed)

    def sample(self, shape, dtype):
        return self.rng.binomial(1, self.keep, size=shape).astype(dtype) / dtype.type(self.keep)


def dropout_forward(x, dropout_param):
    mask = None
    if dropout_param["mode"] == "train":
        layer = Dropout(dropout_param["p"], dropout_param.get("seed"))
        mask = layer.sample(x.shape, x.dtype)
    out = x if mask is None else x * mask
    return out, (dropout_param, mask)
