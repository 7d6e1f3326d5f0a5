"""Writes until nothing can be written any more: in /tmp by many files, sparse ones, and in every other folder.

Answers: right
Expect: everything
Said: full at less than 80 MB, elsewhere \[\]
"""

# %%
import os

block, size, elsewhere = b"x" * (1 << 20), 0, []
for number in range(300):
    try:
        with open(f"/tmp/zqleft-{number}", "wb", buffering=0) as file:
            size += file.write(block)
    except OSError:
        break
for folder in ("/", "/dev", "/dev/shm", "/dev/mqueue", "/dev/pts", "/gradkit", "/var/tmp", "/run", "/root", "/proc", "/usr"):
    try:
        with open(f"{folder}/zqleft", "wb", buffering=0) as file:
            elsewhere.append(f"{folder} {file.write(block)}")
    except OSError:
        pass
for covered in {line.split()[4] for line in open("/proc/self/mountinfo")} - {"/tmp"}:
    try:
        with open(f"{covered}/zqleft", "wb") as file:
            elsewhere.append(f"{covered} {file.write(block)}")
    except OSError:
        pass
raise RuntimeError(f"full at {'less than 80 MB' if size < 80 << 20 else size}, elsewhere {elsewhere}")
