"""Works for square filters only

A filter has a height and a width, and they need not be equal: a filter of 1 row and 3 columns, for example, looks
only to the left and right. Both sizes count, in the size of the output as well as in the window that is cut out of
the image. Somewhere in your function one of them is used for both, or equal sides are taken for granted. For square
filters that makes no difference, and nearly all examples are square. For others some columns are left out of the
sums, the output has another shape than it should, or Python stops with an error. See it yourself: call your
function with a filter of 2 rows and 3 columns, then with 3 rows and 2 columns, and compare each output shape with
the formula from the notebook. Which of your lines reads only one side?

Known by its cases.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F = w.shape[0]
    K = w.shape[2]  # filter size
    H_out = 1 + (H + 2 * pad - K) // stride
    W_out = 1 + (W + 2 * pad - K) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out = np.zeros((N, F, H_out, W_out))
    for f in range(F):
        out[:, f] = b[f]
        for i in range(H_out):
            for j in range(W_out):
                for k in range(K):
                    for m in range(K):
                        pixel = x_pad[:, :, i * stride + k, j * stride + m]
                        out[:, f, i, j] += pixel @ w[f, :, k, m]
    return out, (x, w, b, conv_param)
