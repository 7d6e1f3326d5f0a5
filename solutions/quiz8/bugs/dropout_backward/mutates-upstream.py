"""The caller's upstream gradient is changed

In Python a function does not get a copy of an array, it gets the array itself. An operation that works in place,
such as multiplying an array by a mask and storing the result in the same array, is therefore felt by the caller.
Your result is right, but the upstream gradient that came in has been overwritten. In a larger network the same
gradient may be needed a second time, for example where a layer's output feeds two others, and then one path works
with damaged numbers. It also upsets every check that uses the gradient after your call. See it yourself: keep a
copy of the upstream gradient, call backward in training mode, and compare the two afterwards.
"""

import numpy as np


def dropout_backward(dout, cache):
    dropout_param, mask = cache
    if dropout_param["mode"] == "train":
        np.multiply(dout, mask, out=dout)
    dx = dout
    return dx
