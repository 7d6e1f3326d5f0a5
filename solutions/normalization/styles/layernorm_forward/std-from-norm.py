"""The standard deviation from the length of the centred row; a tuple of other things as cache, both functions."""

import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    D = x.shape[1]
    centred = x - x.sum(axis=1, keepdims=True) / D
    inverse = 1.0 / np.sqrt(np.linalg.norm(centred, axis=1, keepdims=True) ** 2 / D + ln_param.get("eps", 1e-5))
    return gamma * centred * inverse + beta, (centred, inverse, gamma, D)


def layernorm_backward(dout, cache):
    centred, inverse, gamma, D = cache
    dhat = gamma * dout
    dinverse = np.sum(dhat * centred, axis=1, keepdims=True)
    dsquare = -0.5 * dinverse * inverse**3 / D
    dcentred = dhat * inverse + 2 * centred * dsquare
    dx = dcentred - np.mean(dcentred, axis=1, keepdims=True)
    return dx, np.sum(dout * centred * inverse, axis=0), np.sum(dout, axis=0)
