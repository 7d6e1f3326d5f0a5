"""The caller's upstream gradient is changed

In Python a function does not get a copy of an array, it gets the array itself. An operator such as `*=` or `-=` works
in place and is felt by the caller. Your result is right, but the upstream gradient that came in has been overwritten.
In a larger network the same gradient may be needed a second time, for example where the output of a layer feeds two
others, and then one of the paths works with damaged numbers. It also upsets every check that uses the gradient after
your call. See it yourself: keep a copy of the upstream gradient, call your function, and compare the two. Then look for
the line that stores its result in an array that was handed in.
"""

import numpy as np


def softmax_backward(dout, cache):
    out = cache
    dout -= np.sum(dout * out, axis=-1, keepdims=True)
    return out * dout
