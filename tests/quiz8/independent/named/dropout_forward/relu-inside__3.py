import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    rs = np.random.RandomState(dropout_param.get("seed"))
    if dropout_param["mode"] == "train":
        noise = rs.rand(x.size).reshape(x.shape)
        mask = np.where(noise < p, 1 / p, 0).astype(x.dtype)
        out = (x * mask).clip(min=0)
    else:
        mask, out = None, x.clip(min=0)
    return out, (dropout_param, mask)
