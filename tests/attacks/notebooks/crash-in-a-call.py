"""Reads address 0 in each call.

Expect: set aside
Said: crashed|segmentation
"""

# %% dropout_forward_solution
import ctypes


def dropout_forward(x, dropout_param):
    ctypes.string_at(0)


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    ctypes.string_at(0)
