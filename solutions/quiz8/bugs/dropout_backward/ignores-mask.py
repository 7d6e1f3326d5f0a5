"""The gradient also flows through dropped units

The backward pass asks how much the loss changes when one input changes a little. A unit that was switched off in
the forward pass had no influence on the output, so changing it changes nothing, and its gradient must be zero. A
unit that survived was made larger, and its gradient grows by the same factor. Your function hands the upstream
gradient on without looking at the mask, as if no unit had been dropped. This is what test mode does, but not
training. See it yourself: run forward and backward in training mode on a small array, and compare the places where
the output is zero with the places where your gradient is zero. A numerical gradient, taken with a fixed seed, shows
the same.
"""

import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    mode = dropout_param["mode"]

    dx = None
    if mode == "train":
        dx = 1.0 * np.array(dout)
    elif mode == "test":
        dx = dout
    return dx
