"""Starts threads without end in a cell, and leaves them running through every call.

Answers: right
Expect: everything
Said: started fewer than 64
"""

# %%
import threading
import time

started = 0
try:
    while started < 5_000:
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
        started += 1
except RuntimeError:
    pass
raise RuntimeError(f"started {'fewer than 64' if 0 < started < 64 else started}")
