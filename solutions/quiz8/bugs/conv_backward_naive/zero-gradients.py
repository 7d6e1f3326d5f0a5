"""All gradients are zero

Your function makes three arrays of the right shapes and returns them as they were made, filled with zeros. A
gradient of zero tells the training step that nothing needs to change. So no error appears anywhere: the loss simply
stays where it is, and one can look for the reason for a long time. Perhaps the work is done in variables with other
names, or the loops never run. Think of one single output first: it is a sum of products of pixels and weights, plus
a bias. How does it change when one pixel changes a little? And one weight? See it yourself: run a numerical
gradient check, and print the largest absolute value in each of your three results. For a random upstream gradient
none of them should be zero.
"""

import numpy as np


def conv_backward_naive(dout, cache):
    x, w, b, conv_param = cache
    dx = np.zeros_like(x)
    dw = np.zeros_like(w)
    db = np.zeros_like(b)
    return dx, dw, db
