"""Large inputs overflow

The exponential function grows so fast that a 64-bit floating-point number can't hold its value beyond an argument of
about 709: it becomes infinity, and infinity divided by infinity is no number at all. Scores of that size are not rare
in a network that has not been trained for long. For the inputs that people try by hand nothing is wrong, so the
mistake waits for a bad day. Mathematically the size need not matter: think of what happens to numerator and
denominator when the same constant is subtracted from all scores of a row, and of which constant would keep every
exponential at one or below. See it yourself: call your function with a row that holds 1000 and 1001, and compare with
what it gives for 0 and 1.
"""

import numpy as np


def softmax_forward(x):
    e = np.exp(x)
    out = e / e.sum(axis=-1, keepdims=True)
    return out, out
