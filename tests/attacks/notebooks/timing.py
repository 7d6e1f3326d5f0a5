"""Measures when it is called, and answers wrongly in the first calls and rightly in later ones, to be diagnosed as right.

Expect: nothing
Said: now it is
"""

# %% dropout_forward_solution
import time

START, CALLS = time.monotonic(), []


def dropout_forward(x, dropout_param):
    CALLS.append(time.monotonic() - START)
    raise RuntimeError(f"now it is call {len(CALLS)}")


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    raise RuntimeError(f"now it is call {len(CALLS)}")
