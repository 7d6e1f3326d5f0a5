"""Through variance and mean, step by step."""

import numpy as np


def layernorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    N, D = x.shape
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * x_hat, axis=0)
    dx_hat = dout * gamma
    dvar = np.sum(dx_hat * x_hat * -0.5 * std**-2, axis=1, keepdims=True)
    dmean = np.sum(dx_hat * -1.0 / std, axis=1, keepdims=True)
    dmean += dvar * np.sum(-2.0 * x_hat * std, axis=1, keepdims=True) / D
    dx = dx_hat / std + dvar * 2.0 * x_hat * std / D + dmean / D
    return dx, dgamma, dbeta
