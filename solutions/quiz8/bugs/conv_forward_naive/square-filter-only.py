"""The height of the filter is used for its width

A filter has a height and a width, and they need not be equal: a filter of 1 row and 3 columns, for example, looks
only to the left and right. Your function reads one of the two sizes and uses it for both. For square filters that
makes no difference, and nearly all examples are square. For a wide filter the last columns are left out of the
sums, and the output has too many columns. For a tall one your loops ask for columns that the filter does not have,
and Python stops with an error about an index. See it yourself: call your function with a filter of 2 rows and 3
columns, then with 3 rows and 2 columns, and compare each output shape with the formula from the notebook.

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
