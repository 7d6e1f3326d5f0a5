"""Asks for 100 GB at once in each call, in many ways.

Expect: nothing
Said: more memory than a submission may use
"""

# %% dropout_forward_solution
import itertools
import mmap

import numpy as np

WAYS = itertools.cycle([
    lambda: np.ones(10**10),
    lambda: bytearray(10**11),
    lambda: [0] * 10**10,
    lambda: np.memmap("/tmp/zqleft-map", np.uint8, "w+", shape=10**10),
    lambda: mmap.mmap(-1, 10**11),
])  # fmt: skip


def dropout_forward(x, dropout_param):
    try:
        next(WAYS)()
    except (OSError, ValueError) as error:
        raise MemoryError(str(error))
    raise RuntimeError("100 GB were given")


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    return [0] * 10**10
