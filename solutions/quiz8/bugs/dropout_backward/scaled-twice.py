"""The gradient is scaled twice

In training mode the forward pass makes each surviving unit larger by one constant factor, and the backward pass
must use this factor once. Look at what your cache holds: the mask that comes from the forward pass already contains
the scaling, so its entries are zero or that factor, not zero or one. Your backward pass uses this mask and then
scales again. The gradients come out too large, and with a small p the training steps become wild. See it yourself:
print the distinct values of the mask in your cache. Then divide your gradient by a numerical gradient taken with a
fixed seed, and compare the ratio for several values of p. The forward and backward factor should be the same
number.
"""

import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    mode = dropout_param["mode"]

    dx = np.zeros_like(dout)
    if mode == "train":
        dx = dout * mask / dropout_param["p"]
    elif mode == "test":
        dx = dout
    return dx
