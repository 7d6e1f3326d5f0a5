import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    p = dropout_param["p"]
    if mask is None:
        rs = np.random.RandomState(dropout_param.get("seed"))
        mask = np.where(rs.uniform(size=dout.shape) < p, 1.0 / p, 0.0)
    return (dout * mask).astype(dout.dtype)
