"""Looks at what was left open, takes every descriptor there is, and leaves them open.

Answers: right
Expect: everything
Said: found True, got \[\]
"""

# %%
import os
import stat

got, kept = [], []
for name in os.listdir("/proc/self/fd"):
    try:
        link = os.readlink(f"/proc/self/fd/{name}")
        kind = os.fstat(int(name)).st_mode
    except OSError:
        continue
    kept.append(link)
    if stat.S_ISDIR(kind) or stat.S_ISSOCK(kind) or stat.S_ISREG(kind) or (stat.S_ISFIFO(kind) and not "pipe:" in link):
        got.append(link)
pipes = [link for link in kept if link.startswith("pipe:")]
if len(pipes) > 2:
    got.append(f"{len(pipes)} pipes")
got += [link for link in kept if not link.startswith(("pipe:", "/dev/null", "/proc/"))]
handles = []
try:
    while True:
        handles.append(os.open("/dev/zero", os.O_RDONLY))
except OSError:
    pass
for handle in handles[8:]:
    os.close(handle)
raise RuntimeError(f"found {len(pipes) == 2 and len(handles) < 256}, got {got}")
