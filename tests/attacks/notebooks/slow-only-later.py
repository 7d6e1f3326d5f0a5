"""Is quick when the cells run first and slow in each later run, with a call that dies to make them run again.

Expect: set aside
Said: .
"""

# %% dropout_forward_solution
import os
import time

SLOW = 0.4
time.sleep(SLOW)


def dropout_forward(x, dropout_param):
    time.sleep(0.5)
    os._exit(1)


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    time.sleep(0.5)
    os._exit(1)
