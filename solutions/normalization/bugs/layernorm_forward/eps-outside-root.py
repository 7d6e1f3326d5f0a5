"""Eps is added to the root, not to the variance

Two recipes keep a quotient finite: add a little to the variance and then take the root, or take the root and then
add a little. For examples whose features differ a lot nobody can tell them apart. But they are two different
functions. For an example whose features are nearly equal, your divisor is much smaller than the one that the
formula asks for: with a variance of 0 and eps = 1e-4 the one gives 0.0001 and the other 0.01, a factor of a
hundred. Gradients that belong to the formula then don't fit your output. See it yourself: take an example with the
variance 4 and set eps to 5, so that the numbers come out round, and read the formula from the inside to the
outside.
"""

import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    std = np.sqrt(var) + eps
    x_hat = (x - mean) / std
    out = gamma * x_hat + beta
    return out, (x, x_hat, std, gamma)
