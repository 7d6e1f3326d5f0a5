"""Takes memory bit by bit, and keeps it when it is refused, so that nothing is left for the reply.

Expect: nothing
Said: memory|did not return|ended
"""

# %% dropout_forward_solution
KEPT = []


def dropout_forward(x, dropout_param):
    size = 1 << 26
    while size > 64:
        try:
            KEPT.append(bytearray(size))
        except MemoryError:
            size //= 2
    return x, None


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    return dropout_forward(dout, None)
