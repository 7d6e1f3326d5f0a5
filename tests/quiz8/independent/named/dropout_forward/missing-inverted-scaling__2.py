import numpy as np


def dropout_forward(x, dropout_param):
    keep = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    rng = np.random.default_rng(dropout_param.get("seed"))
    flat = x.ravel()
    out = np.zeros_like(flat)
    mask = np.zeros_like(flat)
    for i in range(flat.size):
        if rng.uniform() < keep:
            out[i] = flat[i]
            mask[i] = 1
    return out.reshape(x.shape), (dropout_param, mask.reshape(x.shape))
