"""Takes memory that the limit of its address space does not count: memfd, System V, huge pages, /dev/shm, pipes, secrets.

Answers: right
Expect: everything
Said: refused True, got \[\]
"""

# %%
import ctypes
import fcntl
import mmap
import os
import platform

libc = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
got, refused = [], 0


def system_call(*arguments):
    if libc.syscall(*(ctypes.c_long(number) for number in arguments)) < 0:
        raise OSError(ctypes.get_errno(), "refused")


def shared(path):
    handle = os.open(path, os.O_RDWR | os.O_CREAT)
    os.ftruncate(handle, 1 << 30)
    os.posix_fallocate(handle, 0, 1 << 30)


def pipes():
    held = 0
    for _ in range(2_000):
        read, write = os.pipe()
        held += fcntl.fcntl(write, 1031, 1 << 20)
    raise AssertionError(held)


WAYS = {
    "memfd": lambda: os.memfd_create("zqleft"),
    "secret memory": lambda: system_call(447, 0),
    "System V": lambda: system_call(29 if X86 else 194, 0, 1 << 30, 0o1777),
    "semaphores": lambda: system_call(64 if X86 else 190, 0, 1000, 0o1777),
    "messages": lambda: system_call(68 if X86 else 186, 0, 0o1777),
    "message queue": lambda: system_call(240 if X86 else 180, ctypes.cast(b"zqleft", ctypes.c_void_p).value, 0o102, 0o600, 0),
    "shared memory": lambda: shared("/dev/shm/zqleft"),
    "a message queue's folder": lambda: shared("/dev/mqueue/zqleft"),
    "a folder": lambda: shared("/tmp/zqleft-large"),
    "huge pages": lambda: mmap.mmap(-1, 1 << 21, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40000),
    "a shared mapping": lambda: mmap.mmap(-1, 1 << 31, mmap.MAP_SHARED | mmap.MAP_ANONYMOUS),
    "locked memory": lambda: libc.mlockall(3) and (_ for _ in ()).throw(OSError("refused")),
    "user faults": lambda: system_call(323 if X86 else 282, 0),
    "kernel keys": lambda: system_call(248 if X86 else 217, b"user", b"zqleft", b"x", 1, -4),
    "pipes": pipes,
}
WAYS.pop("kernel keys")
for name, action in WAYS.items():
    try:
        action()
    except (OSError, ValueError, MemoryError):
        refused += 1
    else:
        got.append(name)
for handle in range(20, 256):
    try:
        os.close(handle)
    except OSError:
        pass
for name in os.listdir("/tmp"):
    if name.startswith("zqleft"):
        os.unlink(f"/tmp/{name}")
raise RuntimeError(f"refused {refused >= 12}, got {got}")
