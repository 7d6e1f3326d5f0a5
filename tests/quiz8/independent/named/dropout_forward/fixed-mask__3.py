import numpy as np


def dropout_forward(x, dropout_param, rng=np.random.RandomState(0)):
    p = dropout_param["p"]
    if "seed" in dropout_param:
        rng = np.random.RandomState(dropout_param["seed"])
    else:
        rng.seed(0)
    if dropout_param["mode"] == "train":
        u = rng.random_sample(x.size).reshape(x.shape)
        mask = np.where(u < p, 1.0 / p, 0.0)
        return (mask * x).astype(x.dtype), (dropout_param, mask)
    return x, (dropout_param, None)
