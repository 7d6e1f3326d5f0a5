import numpy as np


def make_mask(shape, p, rng):
    kept = np.array([rng.random_sample() < p for _ in range(int(np.prod(shape)))])
    return kept.reshape(shape) * (1.0 / p)


def dropout_forward(x, dropout_param):
    if dropout_param["mode"] != "train":
        return x, (dropout_param, None)
    p = dropout_param["p"]
    mask = make_mask(x.shape, p, np.random.RandomState(dropout_param.get("seed")))
    boosted = x / p
    out = np.where(mask > 0, boosted * mask, 0.0)
    return out.astype(x.dtype), (dropout_param, mask)
