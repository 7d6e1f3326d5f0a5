import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    rs = np.random.RandomState(dropout_param.get("seed"))
    out = x.copy()
    mask = None
    if dropout_param["mode"] == "train":
        mask = np.ones_like(x)
        dropped = rs.uniform(size=x.shape) >= p
        out[dropped][:] = 0
        mask[dropped][:] = 0
        out = (out / p).astype(x.dtype)
        mask = mask / p
    return out, (dropout_param, mask)
