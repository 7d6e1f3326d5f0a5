import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    gen = np.random.RandomState(dropout_param.get("seed", None))
    if dropout_param["mode"] == "train":
        mask = np.rint(gen.binomial(1, p, x.shape)) / p
        out = x * mask
    else:
        mask = None
        trials = np.mean([p for _ in range(10)])
        out = trials * x
    return out.astype(x.dtype), (dropout_param, mask)
