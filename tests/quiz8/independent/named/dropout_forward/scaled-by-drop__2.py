import numpy as np


def dropout_forward(x, dropout_param):
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    keep_prob = dropout_param["p"]
    drop_prob = 1 - keep_prob
    rng = np.random.default_rng(dropout_param.get("seed"))
    dropped = rng.uniform(0, 1, size=x.shape) < drop_prob
    mask = np.full_like(x, 1.0 / drop_prob)
    mask[dropped] = 0.0
    return x * mask, (dropout_param, mask)
