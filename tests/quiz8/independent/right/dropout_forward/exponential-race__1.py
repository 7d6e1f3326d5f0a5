import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        rng = np.random.default_rng(dropout_param.get("seed"))
        keep = rng.exponential(size=x.shape) > -np.log(p)
        mask = keep.astype(x.dtype) / x.dtype.type(p)
        return x * mask, (dropout_param, mask)
    return x, (dropout_param, None)
