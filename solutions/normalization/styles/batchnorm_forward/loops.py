"""Plain loops over features and examples; both functions, a dictionary as cache."""

import numpy as np


def batchnorm_forward(x, gamma, beta, bn_param):
    N, D = x.shape
    eps, momentum = bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
    rm = list(bn_param.get("running_mean", [0.0] * D))
    rv = list(bn_param.get("running_var", [0.0] * D))
    out = np.zeros((N, D))
    x_hat, stds = np.zeros((N, D)), []
    for j in range(D):
        if bn_param["mode"] == "train":
            mean = sum(x[i, j] for i in range(N)) / N
            var = sum((x[i, j] - mean) ** 2 for i in range(N)) / N
            rm[j] = momentum * rm[j] + (1 - momentum) * mean
            rv[j] = momentum * rv[j] + (1 - momentum) * var
        else:
            mean, var = rm[j], rv[j]
        stds.append((var + eps) ** 0.5)
        for i in range(N):
            x_hat[i, j] = (x[i, j] - mean) / stds[j]
            out[i, j] = gamma[j] * x_hat[i, j] + beta[j]
    bn_param["running_mean"], bn_param["running_var"] = np.array(rm), np.array(rv)
    return out, {"x_hat": x_hat, "stds": stds, "gamma": gamma}


def batchnorm_backward(dout, cache):
    x_hat, stds, gamma = cache["x_hat"], cache["stds"], cache["gamma"]
    N, D = dout.shape
    dx, dgamma, dbeta = np.zeros((N, D)), np.zeros(D), np.zeros(D)
    for j in range(D):
        for i in range(N):
            dbeta[j] += dout[i, j]
            dgamma[j] += dout[i, j] * x_hat[i, j]
        for i in range(N):
            dx[i, j] = gamma[j] / (N * stds[j]) * (N * dout[i, j] - dbeta[j] - x_hat[i, j] * dgamma[j])
    return dx, dgamma, dbeta
