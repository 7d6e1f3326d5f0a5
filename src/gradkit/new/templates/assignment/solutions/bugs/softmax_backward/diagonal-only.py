"""Each output is taken to depend on its own input alone

For a function that works element by element, as the sigmoid does, the derivative needs one number for each element.
The softmax is of another kind: all inputs of a row stand in the denominator, so if one of them grows, every output of
that row changes and the others shrink. Your gradient has the part in which an output answers to the input at its own
place, and leaves out the parts that come from its neighbours. See it yourself: take a row of three numbers, raise the
first by a tiny amount, and print how all three outputs move. The chain rule sums over every output that an input
reaches; write this sum down for one input and count its terms.
"""

import numpy as np


def softmax_backward(dout, cache):
    out = cache
    dx = dout * out * (1 - out)
    return dx
