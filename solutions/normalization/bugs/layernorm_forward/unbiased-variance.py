"""The variance divides by D - 1

Statisticians divide by one less than the number of values when they estimate the variance of a large population
from a sample. Here nothing is estimated: the layer wants the features of this very example to have the variance 1,
and for that the sum of squares is divided by how many features there are. With 1000 features nobody could tell the
difference, with 4 features the divisor is a quarter off. Some libraries and functions take the one by default, some
the other, so it is worth a look at their manual. The gradient in this notebook belongs to the formula with D. See
it yourself: normalise an example with just the two features 1 and 3. Which two numbers does the formula ask for,
and which do you get?
"""

import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    mean = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True, ddof=1)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    out = gamma * x_hat + beta
    return out, (x, x_hat, std, gamma)
