import random
import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    r = random.Random(dropout_param.get("seed"))
    mask = np.zeros_like(x)
    for idx in np.ndindex(*x.shape):
        if r.randint(1, 100) < p:
            mask[idx] = 1.0 / p
    return x * mask, (dropout_param, mask)
