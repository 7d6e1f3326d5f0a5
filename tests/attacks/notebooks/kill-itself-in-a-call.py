"""Sends itself SIGKILL in each call, as the kernel would do that has no more memory.

Expect: set aside
Said: was killed|signal 9
"""

# %% dropout_forward_solution
import os
import signal


def dropout_forward(x, dropout_param):
    os.kill(os.getpid(), signal.SIGKILL)


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    os.kill(os.getpid(), signal.SIGKILL)
