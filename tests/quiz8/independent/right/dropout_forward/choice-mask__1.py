import numpy as np


def dropout_forward(x, dropout_param):
    p, mode = dropout_param["p"], dropout_param["mode"]
    if dropout_param.get("seed") is not None:
        np.random.seed(dropout_param["seed"])
    values = {"train": lambda: np.random.choice([1.0 / p, 0.0], p=[p, 1.0 - p], size=x.shape).astype(x.dtype),
              "test": lambda: None}
    mask = values[mode]()
    return (x if mask is None else mask * x), (dropout_param, mask)
