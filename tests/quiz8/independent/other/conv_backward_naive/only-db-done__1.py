import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    dx, dw = None, None
    db = np.zeros_like(b)
    for f in range(w.shape[0]):
        db[f] = dout[:, f, :, :].sum()
    return dx, dw, db
