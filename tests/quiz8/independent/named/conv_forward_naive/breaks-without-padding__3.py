import numpy as np


def inner(a, pad):
    return a[:, :, pad:-pad, pad:-pad]


def conv_forward_naive(x, w, b, conv_param):
    S, P = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.zeros((N, C, H + 2 * P, W + 2 * P))
    target = inner(xp, P)
    for idx in np.ndindex(x.shape):
        target[idx] = x[idx]
    Ho, Wo = 1 + (H + 2 * P - HH) // S, 1 + (W + 2 * P - WW) // S
    rows = [xp[:, :, i * S:i * S + HH, j * S:j * S + WW].reshape(N, -1) for i in range(Ho) for j in range(Wo)]
    out = np.stack(rows, axis=1) @ w.reshape(F, -1).T + b
    return out.transpose(0, 2, 1).reshape(N, F, Ho, Wo), (x, w, b, conv_param)
