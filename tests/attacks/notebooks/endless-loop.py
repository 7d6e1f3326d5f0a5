"""Loops for ever in each call, with every signal blocked and ignored, and exceptions swallowed.

Expect: nothing
Said: an endless loop
"""

# %% dropout_forward_solution
import signal


def dropout_forward(x, dropout_param):
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    dropout_forward(None, None)
