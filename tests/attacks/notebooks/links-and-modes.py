"""Puts symbolic and hard links to the grader's files into reach, and changes modes and owners of what it finds.

Answers: right
Expect: everything
Said: refused True, got \[\]
"""

# %%
import os

got, refused = [], 0
FILES = ["/gradkit/worker.py", "/gradkit/wire.py", os.__file__, "/usr/bin/env", "/proc/1/root", "/gradkit", "/", "/usr"]
for path in FILES:
    for what, action in {
        "mode": lambda: os.chmod(path, 0o6777),
        "owner": lambda: os.chown(path, os.getuid(), -1),
        "hard link": lambda: os.link(path, "/tmp/zqleft-hard"),
        "name": lambda: os.rename(path, path + ".zqleft"),
        "removal": lambda: os.unlink(path),
        "symbolic link": lambda: os.symlink("/tmp", path + ".zqleft"),
        "attribute": lambda: os.setxattr(path, "user.zqleft", b"1"),
        "time": lambda: os.utime(path, (0, 0)),
        "opening": lambda: os.close(os.open(path, os.O_WRONLY)),
    }.items():
        try:
            action()
        except OSError:
            refused += 1
        else:
            got.append(f"{what} of {path}")
os.symlink("/gradkit/worker.py", "/tmp/zqleft-link")
try:
    open("/tmp/zqleft-link", "a").close()
    got.append("through a link")
except OSError:
    refused += 1
raise RuntimeError(f"refused {refused > 60}, got {got}")
