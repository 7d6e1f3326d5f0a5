"""The backward pass uses a mask in test mode too

In test mode the forward pass is the simplest function there is: the output equals the input. No unit is dropped and
nothing is scaled, so there is no mask that could matter. When a function hands its input through without a change,
its gradient hands the upstream gradient through in the same way. Your backward pass never looks at the mode and
always multiplies with what it finds in the cache. If no mask was stored, Python stops with an error about
multiplying with None; if one was stored, the gradient gets holes that the output never had. See it yourself: run
forward in test mode, hand its cache to your backward function with a random upstream gradient, and compare the
result with that.
"""

import numpy as np


def dropout_backward(dout, cache):
    _, mask = cache
    dx = np.multiply(dout, mask)
    return dx
