"""The gradient is scaled by the share of dropped units

A survivor's output is its input times a number, and its gradient has to carry that number, nothing else. Which
number it is was settled in the forward pass: it makes up for the units that are missing, so it follows from the
share that stays. Your backward pass has its zeros in the right places, but it works out a number of its own, from
the share that is thrown away. Forward and backward then speak of two different layers. For a p of 0.5 the shares
are twins and all seems well; for a p of 0.9 your gradient comes out nine times too large. See it yourself: with an
upstream gradient of ones, print the largest gradient for a p of 0.2, 0.5 and 0.8, next to the largest entry of the
mask in the cache. When do the two agree, and when not?
"""

import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    p, mode = dropout_param["p"], dropout_param["mode"]

    dx = None
    if mode == "train":
        dx = np.where(mask > 0, dout, 0) / (1 - p)
    elif mode == "test":
        dx = dout
    return dx
