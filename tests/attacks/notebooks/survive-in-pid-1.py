"""Writes code into the sandbox's first process, which reports an end that was none and goes on when the grader is done.

Where the worker has another user id than that process, its memory can't be written, and nothing comes of it.

Answers: right
Expect: everything
Said: refused by the kernel|ended Python itself|closed its connection|did not finish
"""

# %%
import os
import platform
import struct


def move(register, value):
    return bytes([0xB8 + register]) + struct.pack("<I", value)


RAX, RDX, RSI, RDI = 0, 2, 6, 7
SYSTEM_CALL = b"\x0f\x05"
try:
    if platform.machine() != "x86_64":
        raise PermissionError("the code is for another processor")
    links = {name: os.readlink(f"/proc/1/fd/{name}") for name in os.listdir("/proc/1/fd")}
    events = [int(name) for name, link in links.items() if "eventfd" in link]
    place = int(open("/proc/1/syscall").read().split()[-1], 16)
    code = move(RAX, 157) + move(RDI, 1) + move(RSI, 0) + SYSTEM_CALL  # prctl(PR_SET_PDEATHSIG, 0)
    value_at = place + 400
    for event in events:
        code += b"\x48\xbe" + struct.pack("<Q", value_at) + move(RAX, 1) + move(RDI, event) + move(RDX, 8) + SYSTEM_CALL
    for handle in links:
        code += move(RAX, 3) + move(RDI, int(handle)) + SYSTEM_CALL
    code += move(RAX, 34) + SYSTEM_CALL + b"\xeb\xf7"  # pause() for ever
    assert len(code) < 400
    with open("/proc/1/mem", "r+b", 0) as memory:
        memory.seek(place)
        memory.write(code.ljust(400, b"\x90") + struct.pack("<Q", 1))
except OSError as error:
    raise RuntimeError(f"refused by the kernel: {error.strerror}")
os._exit(0)
