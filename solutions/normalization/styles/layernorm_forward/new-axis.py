"""The means are given their second axis by hand."""

import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    N, D = x.shape
    mean = np.mean(x, axis=1)[:, np.newaxis]
    var = np.var(x, axis=1).reshape(N, 1)
    std = np.sqrt(var + eps)
    x_hat = (x - mean) / std
    out = np.multiply(x_hat, gamma.reshape(1, D)) + beta.reshape(1, D)
    return out, (x, x_hat, std, gamma)
