import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    rs = np.random.RandomState(dropout_param.get("seed"))
    if dropout_param["mode"] == "train":
        off = rs.binomial(1, p, x.shape)
        mask = ((1 - off) / p).astype(x.dtype)
        return x * mask, (dropout_param, mask)
    elif dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    raise ValueError("unknown mode")
