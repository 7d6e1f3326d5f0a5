"""Returns NaN and Inf, which compare with nothing, at every place where a comparison could go wrong.

Expect: less than everything
Said: NaN|[Ii]nf
"""

# %% dropout_forward_solution
import itertools

import numpy as np

VALUES = itertools.cycle([np.nan, np.inf, -np.inf])


def dropout_forward(x, dropout_param):
    return np.full(x.shape, next(VALUES), x.dtype), (dropout_param, np.full(x.shape, np.nan))


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    return np.full(dout.shape, next(VALUES), dout.dtype)
