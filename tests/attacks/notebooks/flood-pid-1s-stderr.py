"""Writes to what the sandbox's first process has open, in place of the own descriptors, which lead nowhere.

Answers: right
Expect: everything
Said: tried True, wrote less than 100 MB
"""

# %%
import os

wrote, tried = 0, False
for handle in ("2", *(str(number) for number in range(3, 12))):
    for path in (f"/proc/1/fd/{handle}", f"/proc/self/fd/{handle}"):
        tried = True
        if int(handle) > 2 and (path.startswith("/proc/self") or os.getpid() == 1):
            continue  # its own connection to the grader
        try:
            file = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_APPEND)
        except OSError:
            continue
        try:
            if "null" in os.readlink(path):
                continue
            for _ in range(300):
                wrote += os.write(file, b"zqleft " * (1 << 17))
        except OSError:
            pass
        finally:
            os.close(file)
raise RuntimeError(f"tried {tried}, wrote {'less than 100 MB' if wrote < 100 << 20 else wrote}")
