"""Ends Python by sys.exit, exit, quit, SystemExit and KeyboardInterrupt, in a cell and in calls.

Expect: nothing
Said: called exit\(\)
"""

# %%
exit(0)

# %%
import sys

sys.exit(0)

# %% dropout_forward_solution
import itertools
import sys

WAYS = itertools.cycle([sys.exit, exit, quit, lambda: (_ for _ in ()).throw(SystemExit(0))])


def dropout_forward(x, dropout_param):
    next(WAYS)()


# %% dropout_backward_solution
def dropout_backward(dout, cache):
    raise KeyboardInterrupt
