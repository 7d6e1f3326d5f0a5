"""Starts processes by fork, vfork, clone, clone3, execve, posix_spawn, subprocess, multiprocessing and a shell.

Answers: right
Expect: everything
Said: refused 1\d, got \[\]
"""

# %%
import ctypes
import multiprocessing
import os
import platform
import pty
import struct
import subprocess
import sys

libc = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
CLONE, FORK, VFORK = (56, 57, 58) if X86 else (220, 0, 0)
got, refused = [], 0


def system_call(*arguments):
    value = libc.syscall(*(ctypes.c_long(number) for number in arguments))
    if value == 0:
        os._exit(0)
    if value < 0:
        raise OSError(ctypes.get_errno(), "refused")


def clone3(flags):
    arguments = ctypes.create_string_buffer(struct.pack("<11Q", flags, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0))
    system_call(435, ctypes.addressof(arguments), 88)


def child(action):
    if action() == 0:
        os._exit(0)


WAYS = {
    "fork": lambda: child(os.fork),
    "forkpty": lambda: child(lambda: os.forkpty()[0]),
    "pty": lambda: pty.spawn(["/bin/true"]),
    "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
    "subprocess": lambda: subprocess.run(["/bin/true"]),
    "session": lambda: subprocess.Popen(["/bin/sleep", "600"], start_new_session=True),
    "multiprocessing": lambda: multiprocessing.get_context("fork").Process(target=print).start(),
    "spawned": lambda: multiprocessing.get_context("spawn").Process(target=print).start(),
    "clone": lambda: system_call(CLONE, 17, 0, 0, 0, 0),
    "clone with its memory": lambda: system_call(CLONE, 0x100 | 17, 0, 0, 0, 0),
    "clone with a pid namespace": lambda: system_call(CLONE, 0x30000000 | 17, 0, 0, 0, 0),
    "clone3": lambda: clone3(0),
    "clone3 untraced": lambda: clone3(0x00800000),
    **({"raw fork": lambda: system_call(FORK), "vfork": lambda: system_call(VFORK)} if X86 else {}),
    "system": lambda: os.system("true") and (_ for _ in ()).throw(OSError("refused")),
    "popen": lambda: os.popen("true").close(),
}
for name, action in WAYS.items():
    try:
        action()
    except (OSError, subprocess.SubprocessError):
        refused += 1
    else:
        got.append(name)
sys.stdout.flush()
raise RuntimeError(f"refused {refused}, got {got}")
