"""Test mode looks for a mask

In test mode the forward pass is the simplest function there is: the output equals the input. No unit is dropped and
nothing is scaled, so there is no mask that could matter. When a function hands its input through without a change,
its gradient hands the upstream gradient through in the same way. Your backward pass does something else in test
mode: it reaches for a mask, or for another thing that only training leaves behind. If there is none, Python stops
with an error; if there is one, the gradient gets holes that the output never had. See it yourself: run forward in
test mode, hand its cache to your backward function with a random upstream gradient, and compare the result with
that gradient. Then follow the lines that run in test mode: which of them needs something that only training makes?
"""

import numpy as np


def dropout_backward(dout, cache):
    _, mask = cache
    dx = np.multiply(dout, mask)
    return dx
