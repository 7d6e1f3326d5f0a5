"""Loops for ever in a cell that also defines the answers; every other cell still counts.

Answers: right
Expect: everything
Said: it did not finish
"""

# %%
import time

while True:
    time.sleep(0.1)
