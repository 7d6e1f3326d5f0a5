"""The gradient of the input still has the frame of zeros

To make the windows fit, you work on a padded copy of the input, and you collect its gradient in an array of the
same, larger size. That is fine. But the caller asked for the gradient of the input itself, and the frame is not
part of it: the zeros in the frame are constants that nobody can learn. Your function returns the larger array. So
the gradient has more rows and columns than the input, and every number in it is shifted by the width of the frame.
Without padding there is no frame, and the result is right. See it yourself: call backward with a padding of 1 and
print the shape of the input's gradient next to the shape of the input. A gradient always has the shape of the thing
it belongs to.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    s, p = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    Ho, Wo = dout.shape[2:]

    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), "constant")
    dx = np.zeros(xp.shape)
    dw = np.zeros(w.shape)
    db = np.zeros(F)
    for f in range(F):
        db[f] = dout[:, f].sum()
        for n in range(N):
            for i in range(Ho):
                for j in range(Wo):
                    dw[f] += xp[n, :, i * s : i * s + HH, j * s : j * s + WW] * dout[n, f, i, j]
                    dx[n, :, i * s : i * s + HH, j * s : j * s + WW] += w[f] * dout[n, f, i, j]
    return dx, dw, db
