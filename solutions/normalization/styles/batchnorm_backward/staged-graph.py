"""Back through the forward pass in nine small steps."""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    N, D = dout.shape
    dbeta = np.sum(dout, axis=0)
    dscaled = dout
    dgamma = np.sum(dscaled * x_hat, axis=0)
    dhat = dscaled * gamma
    centred = x_hat * std
    dinverse = np.sum(dhat * centred, axis=0)
    dcentred = dhat / std
    dstd = -dinverse / std**2
    dvar = 0.5 * dstd / std
    dsquare = np.ones((N, D)) * dvar / N
    dcentred = dcentred + 2 * centred * dsquare
    dmean = -np.sum(dcentred, axis=0)
    dx = dcentred + np.ones((N, D)) * dmean / N
    return dx, dgamma, dbeta
