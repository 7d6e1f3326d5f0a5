"""The gradient misses the scaling of the forward pass

In training mode the forward pass does two things to a surviving unit: it lets it through, and it makes it larger.
The output of such a unit is its input times a constant, so by the chain rule its gradient is the upstream gradient
times the same constant. Your function switches off the right units, but forgets that the others were made larger.
Each gradient that is not zero comes out too small, by the factor p, and the network learns more slowly than it
should. Some textbooks leave out this factor as well, because they describe dropout without scaling. See it
yourself: divide your gradient by a numerical gradient taken with a fixed seed, and compare the ratio with p for
several values of p.
"""

import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache

    if dropout_param["mode"] == "train":
        D = np.not_equal(mask, 0)  # which neurons were on
        dx = dout * D
    else:
        dx = dout
    return dx
