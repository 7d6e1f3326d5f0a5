"""Becomes root or another user again: ids, groups, capabilities, user namespaces, set-user-id programs.

Answers: right
Expect: everything
Said: refused True, got \[\]
"""

# %%
import ctypes
import os
import re

libc = ctypes.CDLL(None, use_errno=True)
got, refused = [], 0


def negative(value):
    if value < 0:
        raise OSError(ctypes.get_errno(), "refused")


for name, action in {
    "setuid": lambda: os.setuid(0),
    "setresuid": lambda: os.setresuid(0, 0, 0),
    "setgid": lambda: os.setgid(0),
    "setgroups": lambda: os.setgroups([0]),
    "another": lambda: os.setresuid(1000, 1000, 1000),
    "unshare user": lambda: negative(libc.unshare(0x10000000)),
    "unshare mounts": lambda: negative(libc.unshare(0x00020000)),
    "setns": lambda: negative(libc.setns(os.open("/proc/1/ns/mnt", os.O_RDONLY), 0)),
    "chroot": lambda: os.chroot("/tmp"),
    "mount": lambda: negative(libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, 0)),
    "writable": lambda: negative(libc.mount(b"none", b"/usr", 0, 0x1020, 0)),
    "umount": lambda: negative(libc.umount2(b"/tmp", 2)),
    "device": lambda: os.mknod("/tmp/zqleft-disk", 0o060666, os.makedev(254, 0)),
    "personality": lambda: negative(libc.personality(0x0040000)),
    "new rights": lambda: negative(libc.prctl(38, 0, 0, 0, 0)),
    "ambient": lambda: negative(libc.prctl(47, 2, 21, 0, 0)),
    "securebits": lambda: negative(libc.prctl(28, 0x10, 0, 0, 0)),
}.items():
    try:
        action()
    except OSError:
        refused += 1
    else:
        got.append(name)
status = open("/proc/self/status").read()
for field in ("CapPrm", "CapEff", "CapAmb"):
    if int(re.search(rf"{field}:\s*(\w+)", status)[1], 16):
        got.append(field)
if "NoNewPrivs:\t1" not in status or "Seccomp:\t2" not in status:
    got.append("no filter")
if 0 in (os.getuid(), os.geteuid(), os.getgid(), os.getegid()):
    got.append("root")
raise RuntimeError(f"refused {refused >= 15}, got {got}")
