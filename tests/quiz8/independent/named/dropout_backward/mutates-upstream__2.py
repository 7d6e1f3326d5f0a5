import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    gen = np.random.RandomState(dropout_param["seed"]) if "seed" in dropout_param else np.random
    if mode == "train":
        lost = gen.uniform(0.0, 1.0, x.shape) >= p
        out = (np.where(lost, 0.0, x) / p).astype(x.dtype)
        return out, (lost, p)
    return x, (np.zeros(x.shape, dtype=bool), 1.0)


def dropout_backward(dout, cache):
    lost, keep = cache
    dx = dout
    dx[lost] = 0
    return (dx / keep).astype(dout.dtype)
