import numpy as np


def _train(x, p, rng):
    mask = rng.choice(2, size=x.shape, p=[1 - p, p]).astype(x.dtype)
    return x * mask, mask


def _test(x, p, rng):
    expected = np.full(x.shape, p, dtype=x.dtype)
    return x * expected, None


def dropout_forward(x, dropout_param):
    rng = np.random.default_rng(dropout_param.get("seed"))
    step = {"train": _train, "test": _test}[dropout_param["mode"]]
    out, mask = step(x, dropout_param["p"], rng)
    return out, (dropout_param, mask)
