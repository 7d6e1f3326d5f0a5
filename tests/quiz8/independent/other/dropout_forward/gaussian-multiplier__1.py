import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    rng = np.random.default_rng(dropout_param.get("seed"))
    noise = rng.normal(1.0, np.sqrt((1 - p) / p), size=x.shape).astype(x.dtype)
    return x * noise, (dropout_param, noise)
