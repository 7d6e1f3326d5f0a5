"""Names a module of its own like a forbidden one, and asks for forbidden ones inside the answer only.

Expect: nothing
Said: does not allow scipy
"""

# %% dropout_forward_solution
def dropout_forward(x, dropout_param):
    from scipy import signal

    return signal.convolve2d(x, x), None


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    return __import__("torch").tensor(dout)
