"""Signals, traces, limits and slows other processes: each pid, the parent, groups, pid 1, and one of the grader's.

Answers: right
Expect: everything
Said: tried True, got \[\]
"""

# %%
import ctypes
import os
import resource
import signal

libc = ctypes.CDLL(None, use_errno=True)
own, got, tried = os.getpid(), [], 0
others = [pid for pid in (*range(1, 400), os.getppid(), 1000, 10_000, 54_321) if pid not in (0, own)]


def trace(pid):
    for request in (16, 0x4206):
        if libc.ptrace(request, pid, 0, 0) < 0:
            raise OSError(ctypes.get_errno(), "refused")


def read_memory(pid):
    buffer = ctypes.create_string_buffer(64)
    local = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 64)
    if libc.process_vm_readv(pid, local, 1, local, 1, 0) < 0:
        raise OSError(ctypes.get_errno(), "refused")


for pid in others:
    for name, action in {
        "SIGKILL": lambda: os.kill(pid, signal.SIGKILL),
        "a group": lambda: os.killpg(pid, signal.SIGTERM),
        "trace": lambda: trace(pid),
        "memory": lambda: read_memory(pid),
        "a descriptor": lambda: os.pidfd_open(pid),
        "a limit": lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (1, 1)),
        "a nicer priority": lambda: os.setpriority(os.PRIO_PROCESS, pid, -20),
        "a scheduler": lambda: os.sched_setscheduler(pid, os.SCHED_FIFO, os.sched_param(1)),
    }.items():
        tried += 1
        try:
            action()
        except OSError:
            continue
        if pid != 1 or name not in ("SIGKILL", "a limit"):
            got.append(f"{name} of {pid}")
for name, action in {
    "real time": lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
    "a better priority": lambda: os.nice(-1),
    "an hour": lambda: os.clock_settime if hasattr(os, "clock_settime") else (_ for _ in ()).throw(OSError()),
    "more processor time": lambda: resource.setrlimit(resource.RLIMIT_CPU, (10**6, 10**6)),
    "a name of the host": lambda: libc.sethostname(b"zqleft", 6) and (_ for _ in ()).throw(OSError()),
}.items():
    tried += 1
    try:
        if action() is None:
            got.append(name)
    except (OSError, ValueError):
        pass
raise RuntimeError(f"tried {tried > 3000}, got {got}")
