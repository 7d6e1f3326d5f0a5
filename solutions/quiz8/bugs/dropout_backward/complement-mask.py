"""The gradient goes through the dropped units, not the kept ones

Think of each unit as a water pipe. In the forward pass the kept pipes were open and the dropped ones were shut. The
gradient runs through the same pipes in the other direction, so it can only pass where water has flowed before. Your
function opens the shut pipes and shuts the open ones. Units that had no part in the output are blamed for the loss,
and those that caused it get a gradient of zero. For a p of 0.5 about half of the entries are zero either way, so a
count of zeros reveals nothing. See it yourself: use a small array without zeros, run both passes in training mode,
and print output and gradient one above the other. Are there places where both differ from zero, and how many should
there be?
"""

import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    p, mode = dropout_param["p"], dropout_param["mode"]

    if mode == "train":
        dropped = np.equal(mask, 0)
        dx = dout * dropped / p
    else:
        dx = dout
    return dx
