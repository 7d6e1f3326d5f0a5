"""Eps is left out

All features of an example may be equal: an empty image, or an input in which every unit is switched off. Its
variance is then 0, and so is the number that your function divides by. What comes out is not a number, and one of
these is enough to spoil the whole network within a step or two. The small constant eps is there for such examples;
for the others it makes no difference that anybody could see. See it yourself: let one example of a batch be all
zeros, run your function and print what comes out for it. Then make eps as large as the variance of another example,
and compare what you expect with what you get.
"""

import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    std = np.sqrt(var)
    x_hat = (x - mean) / std
    out = gamma * x_hat + beta
    return out, (x, x_hat, std, gamma)
