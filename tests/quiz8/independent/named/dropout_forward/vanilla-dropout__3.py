import numpy as np


def dropout_forward(x, dropout_param):
    training = dropout_param["mode"] == "train"
    p = dropout_param["p"]
    rs = np.random.RandomState(dropout_param.get("seed"))
    drop = rs.uniform(size=x.shape) >= p
    weight = np.where(drop, 0.0, 1.0) if training else p * np.ones(x.shape)
    out = (x * weight).astype(x.dtype)
    return out, (dropout_param, weight if training else None)
