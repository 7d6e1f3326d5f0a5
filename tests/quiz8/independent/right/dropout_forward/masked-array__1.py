import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, {"lost": None}
    rs = np.random.RandomState(dropout_param.get("seed"))
    lost = rs.uniform(-1.0, 1.0, x.shape) > 2.0 * p - 1.0
    out = np.ma.array(x / p, mask=lost).filled(0).astype(x.dtype)
    return out, {"lost": lost, "gain": 1.0 / p}


def dropout_backward(dout, cache):
    if cache["lost"] is None:
        return dout
    g = dout * cache["gain"]
    g[cache["lost"]] = 0
    return g.astype(dout.dtype)
