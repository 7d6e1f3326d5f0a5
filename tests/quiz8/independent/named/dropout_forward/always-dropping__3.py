import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    rs = np.random.RandomState(dropout_param.get("seed"))
    if dropout_param["mode"]:
        keep = np.ceil(p - rs.uniform(size=x.shape))
        mask = (keep / p).astype(x.dtype)
        return x * mask, (dropout_param, mask)
    return x, (dropout_param, None)
