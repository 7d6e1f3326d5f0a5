import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    S, P = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho = 1 + (H + 2 * P - HH) // S
    Wo = 1 + (W + 2 * P - WW) // S
    xp = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P)))
    out = np.zeros((N, F, Ho, Wo))
    i = 0
    while i < Ho - 1:
        j = 0
        while j < Wo - 1:
            block = xp[:, :, i * S:i * S + HH, j * S:j * S + WW]
            out[:, :, i, j] = block.reshape(N, -1).dot(w.reshape(F, -1).T) + b
            j += 1
        i += 1
    return out, (x, w, b, conv_param)
