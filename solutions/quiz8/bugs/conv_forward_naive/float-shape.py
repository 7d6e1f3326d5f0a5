"""The output size is a number with a decimal point

The size of an array must be a whole number: there is no array with 3.0 rows. Python has two kinds of division. The
ordinary one always gives a number with a decimal point, even when nothing is left over, so 4 divided by 2 is 2.0.
The other one rounds down and gives a whole number. Your formula for the output size uses the ordinary one, and
NumPy or the loop then stops with an error, because a float cannot be used as a whole number. Old code that was
written for Python 2 often looks like yours, since the same sign did the other thing there. See it yourself: print
the type of your output height and width, and read the last line of the error message.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) / stride
    W_out = 1 + (W + 2 * pad - WW) / stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), "constant")
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = x_pad[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = np.sum(window * w[f]) + b[f]
    return out, (x, w, b, conv_param)
