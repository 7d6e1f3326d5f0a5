import numpy as np


def dropout_forward(x, dropout_param):
    keep = dropout_param["p"]
    rs = np.random.RandomState(dropout_param.get("seed"))
    mask = None
    out = x.copy()
    if dropout_param["mode"] == "train":
        mask = np.floor(keep + rs.random_sample(x.shape)).astype(x.dtype)
        mask /= keep
        np.multiply(out, mask, out=out)
    return out, (dropout_param, mask)
