"""The upstream gradient is not used

Your function returns the derivative of this one layer: how much each output changes when its input changes. That is
a right and needed part, but only half of the chain rule. The loss is computed by the layers that follow, and the
upstream gradient says how much the loss changes with each output. The full answer is the product of the two, for
each number. Without the upstream gradient every surviving unit gets the same gradient, no matter whether it helped
or hurt. With an upstream gradient of ones the mistake cannot be seen, so never test with ones only. See it
yourself: call backward twice with the same cache and two different upstream gradients, and compare the results.
"""

import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache

    if dropout_param["mode"] == "test":
        return dout

    # d(out)/d(x) is the mask
    dx = np.array(mask)
    return dx
