"""Uses nearly all the time that a call has, in each call.

Expect: nothing
Said: took 10 s together|not called again|slow
"""

# %% dropout_forward_solution
import time


def dropout_forward(x, dropout_param):
    time.sleep(1.7)
    raise RuntimeError("slow")


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    time.sleep(1.7)
    raise RuntimeError("slow")
