"""Reads memory, environment, open files and command lines of every process in /proc.

Answers: right
Expect: everything
Said: read \['1'\], got \[\]
"""

# %%
import glob
import os
import re

SECRET = re.compile(rb"zqsecret|test_dropout|autograder|submitted|GRADER_|PYTEST_|HOME=/(?!tmp)")
got, read = set(), set()
for path in [*glob.glob("/proc/[0-9]*/*"), *glob.glob("/proc/[0-9]*/fd/*"), *glob.glob("/proc/[0-9]*/task/*/environ")]:
    process, name = path.split("/")[2:4]
    if name in ("mem", "pagemap", "kpagecount") or (name == "fd" and process == str(os.getpid())):
        continue
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        text = os.read(handle, 1 << 20)
        os.close(handle)
    except OSError:
        continue
    read.add(process)
    if SECRET.search(text):
        got.add(f"{path} {SECRET.search(text)[0]}")
others = [name for name in os.listdir("/proc") if name.isdigit() and int(name) not in (1, os.getpid())]
got |= {f"process {name}" for name in others}
raise RuntimeError(f"read {sorted(read)}, got {sorted(got)}")
