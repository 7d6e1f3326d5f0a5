import numpy as np


def dropout_forward(x, dropout_param):
    p = dropout_param["p"]
    if dropout_param["mode"] == "test":
        return x, ("test",)
    rs = np.random.RandomState(dropout_param.get("seed"))
    keep = rs.rand(x.size) < p
    out = (x.ravel() * keep / p).reshape(x.shape).astype(x.dtype)
    return out, ("train", np.packbits(keep), p)


def dropout_backward(dout, cache):
    if cache[0] == "test":
        return dout
    _, bits, p = cache
    keep = np.unpackbits(bits, count=dout.size).reshape(dout.shape).astype(bool)
    dx = np.zeros_like(dout)
    np.divide(dout, p, out=dx, where=keep, casting="same_kind")
    return dx
