"""Returns values that contain themselves, are nested too deep, too many, too long, or claim to be huge.

Expect: nothing
Said: dropout_forward|out
"""

# %% dropout_forward_solution
import itertools

import numpy as np


def values():
    own = []
    own.append(own)
    yield own
    table = {}
    table["a"] = table
    yield table
    deep = 0
    for _ in range(10_000):
        deep = (deep,)
    yield deep
    yield list(range(100_000))
    yield "x" * 10**7
    yield np.lib.stride_tricks.as_strided(np.zeros(1), (10**6, 10**6), (0, 0))
    yield np.broadcast_to(np.zeros(1), (2**20, 2**20))
    yield 1 << 100_000
    yield {number: number for number in range(60_000)}
    yield ("x" * 90_000,) * 60
    yield "\ud800" * 100
    yield np.ma.masked_all((10, 10))


TURN = itertools.cycle(list(values()))


def dropout_forward(x, dropout_param):
    return next(TURN), None


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    return next(TURN)
