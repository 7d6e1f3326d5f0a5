"""The number of the filter is added instead of its bias

Each filter has a bias, a number that is added to all of its outputs. The biases are stored in an array, and to get
one of them you need both the name of the array and the number of the filter. In your function the name of the array
is missing. What is left is only the filter's number inside brackets, which Python takes for a small list, and NumPy
adds it without complaint. So the first filter's outputs get 0 added, the second's 1, the third's 2. See it
yourself: call your function with an input of zeros and biases such as 10, 20 and 30. An input of zeros makes all
products zero, so the output shows exactly what your function adds for each filter.
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    H_out = 1 + (H + 2 * pad - HH) // stride
    W_out = 1 + (W + 2 * pad - WW) // stride
    x_pad = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, H_out, W_out))
    for f in range(F):
        for i in range(H_out):
            for j in range(W_out):
                window = x_pad[:, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                out[:, f, i, j] = np.sum(window * w[f], axis=(1, 2, 3)) + [f]
    return out, (x, w, b, conv_param)
