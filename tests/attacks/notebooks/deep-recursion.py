"""Recurses without end in Python and in C, and in what describes the error.

Expect: nothing
Said: calls itself without end
"""

# %% dropout_forward_solution
class Deep(RecursionError):
    def __str__(self):
        return str(self)


def dropout_forward(x, dropout_param):
    return dropout_forward(x, dropout_param)


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    raise Deep
