"""The caller's input is changed

In Python a function does not get a copy of an array, it gets the array itself. An operator such as `-=` works in place:
it writes its result into the array that came in, and whoever called your function finds other numbers there
afterwards. Your output is right, but a second layer that needs the same input now works with shifted numbers, and so
does every check that looks at the input after the call. Plain operators make a new array and leave the old one as it
is. See it yourself: keep a copy of a small array, call your function with the array, and compare the two. Then look
for the line of yours that stores something without giving it a new name.
"""

import numpy as np


def softmax_forward(x):
    x -= x.max(axis=-1, keepdims=True)
    np.exp(x, out=x)
    out = x / x.sum(axis=-1, keepdims=True)
    return out, out
