"""Ends the process with status 0 in a cell, as if all had gone well.

Answers: right
Expect: everything
Said: it ended Python itself \(exit status 0\)
"""

# %%
import os

os._exit(0)
