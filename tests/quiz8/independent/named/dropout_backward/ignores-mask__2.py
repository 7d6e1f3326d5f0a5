import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, {"train": False}
    rng = np.random.default_rng(dropout_param.get("seed"))
    keep = rng.random(x.shape) < p
    out = np.where(keep, x / p, 0).astype(x.dtype)
    return out, {"train": True, "keep": keep, "p": p}


def dropout_backward(dout, cache):
    dx = dout.copy()
    if cache["train"]:
        keep = cache["keep"]
        dx[~keep][...] = 0.0
        dx = dx / cache["p"]
    return dx.astype(dout.dtype)
