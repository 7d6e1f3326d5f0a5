import random
import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    gen = random.Random(dropout_param["seed"]) if "seed" in dropout_param else random.Random()
    if dropout_param["mode"] != "train":
        return x, (dropout_param, None)
    it = (1.0 / p if gen.random() < p else 0.0 for _ in range(x.size))
    mask = np.fromiter(it, dtype=x.dtype, count=x.size).reshape(x.shape)
    return x * mask, (dropout_param, mask)
