"""Opens sockets of every family and type, looks up names, and asks for sockets by system calls and io_uring.

Answers: right
Expect: everything
Said: refused True, got \[\]
"""

# %%
import ctypes
import os
import platform
import socket
import urllib.request

libc = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
got, refused = [], 0
for family in (1, 2, 10, 15, 16, 17, 29, 31, 38, 40, 44):
    for kind in (1, 2, 3, 5):
        try:
            made = socket.socket(family, kind)
        except OSError:
            refused += 1
            continue
        got.append(f"socket {family} {kind}")
        made.close()


def system_call(*arguments):
    if libc.syscall(*(ctypes.c_long(number) for number in arguments)) < 0:
        raise OSError(ctypes.get_errno(), "refused")


ring = ctypes.create_string_buffer(256)
for name, action in {
    "look-up": lambda: socket.getaddrinfo("example.com", 80),
    "address": lambda: socket.create_connection(("127.0.0.1", 22), 1),
    "pair": lambda: os.write(socket.socketpair()[0].fileno(), b"") and None,
    "abstract": lambda: socket.socket(socket.AF_UNIX).bind("\0zqleft"),
    "a bound name": lambda: socket.socket(socket.AF_UNIX).bind("/tmp/zqleft-socket"),
    "page": lambda: urllib.request.urlopen("http://169.254.169.254/latest/meta-data/", timeout=1),
    "raw call": lambda: system_call(41 if X86 else 198, 2, 1, 0),
    "raw call, 32 bit of a family": lambda: system_call(41 if X86 else 198, 2 | 1 << 40, 1, 0),
    "x32": lambda: system_call(0x40000029, 2, 1, 0),
    "io_uring": lambda: system_call(425, 8, ctypes.addressof(ring)),
}.items():
    try:
        action()
    except OSError:
        refused += 1
    else:
        got.append(name)
got = [name for name in got if name != "pair"]
raise RuntimeError(f"refused {refused > 50}, got {got}")
