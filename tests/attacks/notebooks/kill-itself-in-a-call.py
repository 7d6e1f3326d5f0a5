"""Sends itself SIGKILL in each call; to the first process of a namespace that does nothing.

Expect: nothing
Said: has to return 2 values
"""

# %% dropout_forward_solution
import os
import signal


def dropout_forward(x, dropout_param):
    os.kill(os.getpid(), signal.SIGKILL)


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    os.kill(os.getpid(), signal.SIGKILL)
