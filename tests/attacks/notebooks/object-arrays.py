"""Returns arrays of objects, of structures, of texts, of dates, with strange strides, and with Python objects inside.

Expect: nothing
Said: dropout_forward|out
"""

# %% dropout_forward_solution
import itertools

import numpy as np


class Yes:
    def __eq__(self, other):
        return True

    __lt__ = __gt__ = __le__ = __ge__ = __ne__ = __eq__
    __hash__ = object.__hash__


def strange(x):
    yield np.full(x.shape, Yes(), dtype=object)
    yield np.zeros(x.shape, dtype=[("a", "f8"), ("b", "O")])
    yield np.full(x.shape, "1.0")
    yield np.zeros(x.shape, dtype="M8[s]")
    yield np.lib.stride_tricks.as_strided(np.zeros(1), x.shape, [0] * x.ndim)
    yield np.zeros(x.shape, dtype="V8")
    yield np.zeros((1,) * 33 if np.lib.NumpyVersion(np.__version__) >= "2.0.0" else (1,) * 32)
    yield np.zeros((0, 10**9))
    yield [[[[]]]]
    yield {"out": x}
    yield "1.0"
    yield 10**400
    yield 1e400
    yield np.float64("nan")
    yield True
    yield b"\0" * 8
    yield lambda: x


TURN = itertools.count()


def dropout_forward(x, dropout_param):
    values = list(strange(x))
    return values[next(TURN) % len(values)], None


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    values = list(strange(dout))
    return values[next(TURN) % len(values)]
