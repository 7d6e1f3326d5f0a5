"""Divides by the variance, not by its root

A variance is measured in squares: if the data are metres, it is square metres. To measure a distance from the mean
in units of the typical distance, you need the root of the variance, the standard deviation. Your function divides
by the variance itself. A loud example then comes out softer than a quiet one, where both should come out the same.
For an example with the variance 1 nothing can be noticed, and random test data have nearly that. See it yourself:
run your function on a batch and on ten times the same batch, with a tiny eps. The two outputs should be equal. By
which factor do yours differ, and what does this say about the power of the divisor?
"""

import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    std = var + eps
    x_hat = (x - mean) / std
    out = gamma * x_hat + beta
    return out, (x, x_hat, std, gamma)
