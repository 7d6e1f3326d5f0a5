"""A stride that does not divide the size stops the function

The windows start at the edge and move on by the stride. When the last step would lead over the other edge, the last
pixels are left over: no window covers them, and that is allowed. The formula for the size of the output says so by
rounding down. Your function asks for more: it checks that the steps come out even, and stops with an error when they
do not. Many networks have layers where a row or a column is left over, and none of them could run with your function.
See it yourself: take an image six pixels high, a filter of three, a stride of two and no padding. Draw the windows on
paper, count them, and compare your count with what the formula gives. Then call your function with these sizes and read
the message. Which line raises it, and what would go wrong without that line?
"""

import numpy as np


def conv_forward_naive(x, w, b, conv_param):
    stride, pad = conv_param["stride"], conv_param["pad"]
    N, C, H, W = x.shape
    F, C, HH, WW = w.shape
    assert (H + 2 * pad - HH) % stride == 0, "the filter does not fit"
    assert (W + 2 * pad - WW) % stride == 0, "the filter does not fit"
    H_out = (H + 2 * pad - HH) // stride + 1
    W_out = (W + 2 * pad - WW) // stride + 1
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="constant")
    out = np.zeros((N, F, H_out, W_out))
    for n in range(N):
        for f in range(F):
            for i in range(H_out):
                for j in range(W_out):
                    window = padded[n, :, i * stride : i * stride + HH, j * stride : j * stride + WW]
                    out[n, f, i, j] = (window * w[f]).sum() + b[f]
    return out, (x, w, b, conv_param)
