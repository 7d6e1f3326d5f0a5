"""The gradient is scaled in test mode

With inverted dropout, test mode leaves every number as it is: the output equals the input. If an input grows by a
tiny amount, its output grows by the same amount, so the gradient must come out exactly as it came in. Your function
multiplies it by p in test mode. That would fit the older, vanilla kind of dropout, where the forward pass makes
everything smaller at test time, but here all scaling is done in training. Forward and backward must always tell the
same story. See it yourself: run forward and backward in test mode with a random upstream gradient, and divide the
result by that gradient. Do this for two values of p. In test mode, p should have no influence at all.
"""

import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    p, mode = dropout_param["p"], dropout_param["mode"]

    if mode == "train":
        dx = np.asarray(dout) * mask
    elif mode == "test":
        dx = dout * p
    return dx
