"""The work of batch normalisation on the transposed array; both functions."""

import numpy as np


def normalised_columns(x, eps):
    mean, var = x.mean(axis=0), x.var(axis=0)
    std = np.sqrt(var + eps)
    return (x - mean) / std, std


def layernorm_forward(x, gamma, beta, ln_param):
    x_hat, std = normalised_columns(x.T, ln_param.get("eps", 1e-5))
    out = gamma[:, None] * x_hat + beta[:, None]
    return out.T, (x_hat, std, gamma)


def layernorm_backward(dout, cache):
    x_hat, std, gamma = cache
    dout = dout.T
    D = len(dout)
    dhat = dout * gamma[:, None]
    dx = (D * dhat - dhat.sum(axis=0) - x_hat * (dhat * x_hat).sum(axis=0)) / (D * std)
    return dx.T, (dout * x_hat).sum(axis=1), dout.sum(axis=1)
