import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, (dropout_param, None)
    rs = np.random.RandomState(dropout_param.get("seed"))
    mask = np.zeros(x.shape, dtype=x.dtype)
    with np.nditer([x, mask], op_flags=["readwrite"]) as it:
        for a, m in it:
            m[...] = 1.0 / p if rs.uniform() < p else 0.0
            a[...] = a * m
    return x.copy(), (dropout_param, mask)
