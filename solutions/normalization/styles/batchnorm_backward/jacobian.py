"""For each feature the whole matrix of derivatives, times the upstream gradient."""

import numpy as np


def batchnorm_backward(dout, cache):
    x, x_hat, std, gamma = cache
    N, D = x.shape
    std = np.reshape(std, D)
    dx = np.empty((N, D))
    for j in range(D):
        h = x_hat[:, j]
        jacobian = gamma[j] / std[j] * (np.eye(N) - 1.0 / N - np.outer(h, h) / N)
        dx[:, j] = jacobian.T @ dout[:, j]
    return dx, np.diag(dout.T @ x_hat).copy(), np.ones(N) @ dout
