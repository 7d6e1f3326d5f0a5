"""Writes to /proc, /sys and devices, opens each for writing, and asks for interfaces of the kernel by number.

Answers: right
Expect: everything
Said: tried True, got \[\]
"""

# %%
import ctypes
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
got, tried = [], 0
OWN_NAMESPACE = ("/proc/sys/fs/mqueue/", "/proc/sys/kernel/auto_msgmni", "/proc/sys/kernel/msg", "/proc/sys/kernel/sem")
OWN_NAMESPACE += ("/proc/sys/kernel/shm", "/proc/sys/user/", "/proc/sys/kernel/ns_last_pid", "/proc/sys/kernel/pid_max")  # of the sandbox's own namespaces, where its first user is root
FINE = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/ptmx", "/dev/pts/ptmx")
for top in ("/proc/sys", "/proc/irq", "/proc/bus", "/proc/fs", "/sys", "/dev"):
    for folder, _, files in os.walk(top):
        for name in files:
            path, tried = f"{folder}/{name}", tried + 1
            if path in FINE or path.startswith(("/dev/fd/", *OWN_NAMESPACE)):
                continue
            try:
                os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
            except OSError:
                continue
            if not os.path.islink(path):
                got.append(path)
for path in ("/proc/sysrq-trigger", "/proc/kmsg", "/proc/kcore", "/dev/mem", "/dev/kmsg", "/dev/fuse", "/dev/kvm"):
    tried += 1
    try:
        os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))
        got.append(path)
    except OSError:
        pass
if platform.machine() == "x86_64":
    for number in (101, 155, 161, 165, 166, 169, 173, 175, 246, 248, 249, 250, 272, 298, 303, 304, 308, 310, 313, 321, 323):
        tried += 1
        if libc.syscall(number, 0, 0, 0, 0, 0, 0) >= 0 or ctypes.get_errno() not in (1, 38):
            got.append(f"system call {number}: {ctypes.get_errno()}")
raise RuntimeError(f"tried {tried > 100}, got {got[:6]}")
