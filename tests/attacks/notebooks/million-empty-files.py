"""Makes a million files, folders and links, which take kernel memory and no space.

Answers: right
Expect: everything
Said: made fewer than 17000
"""

# %%
import os
import time

made, end = 0, time.monotonic() + 2.5
try:
    os.mkdir("/tmp/zqleft")
    open("/tmp/zqleft/file", "w").close()
    while made < 1_000_000 and time.monotonic() < end:
        os.mknod(f"/tmp/zqleft/{made}")
        os.link("/tmp/zqleft/file", f"/tmp/zqleft/l{made}")
        os.symlink("x" * 200, f"/tmp/zqleft/s{made}")
        made += 3
except OSError:
    pass
raise RuntimeError(f"made {'fewer than 17000' if made < 17_000 else made}")
