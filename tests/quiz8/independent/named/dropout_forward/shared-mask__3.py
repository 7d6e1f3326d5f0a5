import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "train":
        rs = np.random.RandomState(dropout_param.get("seed"))
        one = rs.random_sample(x.shape[1:]) < p
        mask = np.stack([one] * x.shape[0]).astype(x.dtype) / x.dtype.type(p)
        out = np.stack([row * m for row, m in zip(x, mask)])
        return out, (dropout_param, mask)
    return x, (dropout_param, None)
