"""Prints without end, to every descriptor, as streams, displays and warnings.

Answers: right
Expect: everything
Said: printed 200 MB
"""

# %%
import os
import sys
import warnings

for _ in range(200):
    print("x" * 1_000_000)
print("y" * 1_000_000, file=sys.stderr)
sys.__stderr__.write("z" * 1_000_000)
for handle in (1, 2):
    os.write(handle, b"z" * 1_000_000)
warnings.warn("w" * 1_000_000)
raise RuntimeError("printed 200 MB")
