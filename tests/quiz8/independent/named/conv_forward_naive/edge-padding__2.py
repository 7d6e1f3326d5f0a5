import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = 1 + (H + 2 * p - HH) // s, 1 + (W + 2 * p - WW) // s
    rows = np.clip(np.arange(Ho)[:, None] * s + np.arange(HH) - p, 0, H - 1)
    cols = np.clip(np.arange(Wo)[:, None] * s + np.arange(WW) - p, 0, W - 1)
    patches = x[:, :, rows[:, None, :, None], cols[None, :, None, :]]
    out = np.tensordot(patches, w, axes=([1, 4, 5], [1, 2, 3])) + b
    return out.transpose(0, 3, 1, 2), (x, w, b, conv_param)
