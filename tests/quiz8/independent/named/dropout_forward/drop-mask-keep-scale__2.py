import numpy as np


def dropout_forward(x, dropout_param):
    mode, p = dropout_param["mode"], dropout_param["p"]
    seed = dropout_param.get("seed")
    if seed is not None:
        np.random.seed(seed)
    if mode == "test":
        return x, (dropout_param, None)

    out = x.copy()
    mask = np.ones_like(x)
    hit = np.random.uniform(0, 1, x.shape) < p
    out[hit] = 0
    mask[hit] = 0
    out /= p
    mask /= p
    return out, (dropout_param, mask)
