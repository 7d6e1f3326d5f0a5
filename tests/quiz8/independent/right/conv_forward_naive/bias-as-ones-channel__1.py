from numpy.lib.stride_tricks import sliding_window_view
import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    F, C, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    v = sliding_window_view(xp, (HH, WW), axis=(2, 3))[:, :, ::s, ::s]
    rows = np.moveaxis(v, 1, 3).reshape(len(x), v.shape[2], v.shape[3], -1)
    rows = np.concatenate([rows, np.ones(rows.shape[:3] + (1,))], axis=-1)
    theta = np.column_stack([w.reshape(F, -1), b])
    return np.moveaxis(rows @ theta.T, -1, 1), (x, w, b, conv_param)
