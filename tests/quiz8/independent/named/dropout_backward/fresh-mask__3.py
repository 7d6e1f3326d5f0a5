import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "test":
        return dout
    keep = np.flatnonzero(mask)
    order = np.random.default_rng().permutation(mask.size)
    flat = np.zeros(mask.size, dtype=dout.dtype)
    chosen = order[: keep.size]
    flat[chosen] = dout.reshape(-1)[chosen] / dropout_param["p"]
    return flat.reshape(dout.shape)
