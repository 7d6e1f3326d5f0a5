"""Sends its reply one byte at a time, so that the grader is kept busy for ever.

Expect: nothing
Said: an endless loop
"""

# %% dropout_forward_solution
import os
import struct
import sys
import time


def dropout_forward(x, dropout_param):
    caller = sys._getframe()
    while "request" not in caller.f_locals:
        caller = caller.f_back
    handle = caller.f_locals["self"].channel.write_fd
    os.write(handle, struct.pack("<IQ", 1 << 20, 1 << 20))
    while True:
        os.write(handle, b" ")
        time.sleep(0.01)


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    return dropout_forward(dout, cache)
