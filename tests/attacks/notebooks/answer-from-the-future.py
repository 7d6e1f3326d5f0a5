"""Replies to the question itself and to the next ten, so that the answers fall out of step with the questions.

Expect: nothing
Said: dropout_forward
"""

# %% dropout_forward_solution
import os
import sys

import numpy as np


def dropout_forward(x, dropout_param):
    wire, caller = sys.modules["wire"], sys._getframe()
    while "request" not in caller.f_locals:
        caller = caller.f_back
    worker, seq = caller.f_locals["self"], caller.f_locals["request"]["seq"]
    for ahead in range(11):
        encoder = wire.Encoder(1 << 20, worker.keep)
        value = worker.encode_parts(encoder, (np.array(7.0), None))
        os.write(worker.channel.write_fd, wire.pack({"seq": seq + ahead, "value": value}, encoder.chunks))
    os.write(worker.channel.write_fd, wire.pack({"seq": seq + 11, "error": None}))
    raise RuntimeError("the true reply")


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    raise RuntimeError("the true reply")
