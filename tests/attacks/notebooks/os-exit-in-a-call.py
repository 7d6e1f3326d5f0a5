"""Ends the process with status 0 in each call.

Expect: set aside
Said: exit status 0|ended Python
"""

# %% dropout_forward_solution
import os


def dropout_forward(x, dropout_param):
    os._exit(0)


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    os._exit(0)
