"""One example after the other; both functions, a dictionary as cache."""

import numpy as np


def layernorm_forward(x, gamma, beta, ln_param):
    eps = ln_param.get("eps", 1e-5)
    out, hats, stds = [], [], []
    for row in x:
        std = np.sqrt(np.mean((row - np.mean(row)) ** 2) + eps)
        hat = (row - np.mean(row)) / std
        hats.append(hat)
        stds.append(std)
        out.append(gamma * hat + beta)
    return np.array(out), {"hats": hats, "stds": stds, "gamma": gamma}


def layernorm_backward(dout, cache):
    gamma = cache["gamma"]
    dx, dgamma, dbeta = np.zeros_like(dout), np.zeros_like(gamma), np.zeros_like(gamma)
    for n, (g, hat, std) in enumerate(zip(dout, cache["hats"], cache["stds"])):
        dgamma += g * hat
        dbeta += g
        h = g * gamma
        dx[n] = (h - np.mean(h) - hat * np.mean(h * hat)) / std
    return dx, dgamma, dbeta
