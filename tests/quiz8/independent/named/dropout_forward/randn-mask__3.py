import random
import numpy as np


def dropout_forward(x, dropout_param):
    mode = dropout_param["mode"]
    p = dropout_param["p"]
    gen = random.Random(dropout_param["seed"]) if "seed" in dropout_param else random
    if mode == "train":
        draws = [gen.gauss(0.5, 0.5) for _ in range(x.size)]
        mask = np.array([1 / p if d <= p else 0.0 for d in draws], dtype=x.dtype)
        mask = mask.reshape(x.shape)
        return x * mask, (dropout_param, mask)
    return x.copy(), (dropout_param, None)
