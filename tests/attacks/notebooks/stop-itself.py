"""Stops itself with SIGSTOP in each call: it neither runs nor ends.

Expect: nothing
Said: an endless loop
"""

# %% dropout_forward_solution
import os
import signal


def dropout_forward(x, dropout_param):
    os.kill(os.getpid(), signal.SIGSTOP)


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    os.kill(os.getpid(), signal.SIGSTOP)
