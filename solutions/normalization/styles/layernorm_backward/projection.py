"""Takes the parts along the ones and along x_hat out of each row."""

import numpy as np


def layernorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    g = dout * gamma
    g = g - g.mean(axis=1)[:, None]
    along = np.einsum("nd,nd->n", g, x_hat) / g.shape[1]
    return (g - along[:, None] * x_hat) / std, np.einsum("nd,nd->d", dout, x_hat), dout.sum(0)
