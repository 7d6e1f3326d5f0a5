"""Sends SIGKILL to everything that it may signal, in a cell; it ends by that itself, and nothing else does.

Answers: right
Expect: everything
Said: signal|killed|closed|ended
"""

# %%
import os
import signal

os.kill(1, signal.SIGKILL)
os.kill(os.getppid(), signal.SIGTERM)
try:
    os.kill(-1, signal.SIGKILL)
except ProcessLookupError:
    pass
os.kill(os.getpid(), signal.SIGKILL)
