"""Runs inside the sandbox as its server: prepared once, it forks a process for each submission and never sees one.

What the grader asks comes over a socket, one JSON object a line, each answered by one line:

    {"do": "fork", "processor": number}, with two file descriptors
                                                  forks, on that processor if the number is not null; {"pid": number}, and
                                                  with it a handle of the process (a pidfd)
    {"do": "learn", "cells": sources}             prepares for cells that most submissions have; {}
    {"do": "end", "pid": number}                  how that process ended: {"status": wait status, "seconds": of processor}

The two descriptors are the new process's pipe to the grader: neither the server nor a sibling keeps them. Uses the
standard library alone.
"""

import array
import ctypes
import functools
import json
import os
import platform
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

_CLONE = {"x86_64": 56, "aarch64": 220}
_NEW_MOUNTS, _NEW_IPC, _NEW_PROCESSES, _HANDLE = 0x0002_0000, 0x0800_0000, 0x2000_0000, 0x1000
_GET_PLACE_OF_NUMBER, _SET_NUMBER, _CLEAR_NUMBER = 40, 0x0100_0000, 0x0020_0000
NAMESPACES = _NEW_MOUNTS | _NEW_IPC | _NEW_PROCESSES
"""Of each submission, besides those of the sandbox: what it could see or reach of its siblings and the server."""

Begin = Callable[[int, int], None]
Learn = Callable[[list[str]], None]


def serve(control: socket.socket, namespaces: bool, begin: Begin, learn: Learn) -> None:
    """Answer until the grader is gone. A new process ends when `begin(read_fd, write_fd)` returns."""
    children: set[int] = set()
    while True:
        request, fds = _receive(control)
        if request is None:
            return
        if request["do"] == "fork":
            _move_to(request["processor"])
            pid, handle = fork(NAMESPACES if namespaces else 0)
            if pid == 0:
                _become_child(fds, begin)
            children.add(pid)
            _answer(control, {"pid": pid}, handle)
            for fd in (*fds, *handle):
                os.close(fd)
        elif request["do"] == "learn":
            learn(request["cells"])
            _answer(control, {}, [])
        elif request["pid"] in children:
            _, status, usage = os.wait4(request["pid"], 0)
            children.discard(request["pid"])
            _answer(control, {"status": status, "seconds": usage.ru_utime + usage.ru_stime}, [])
            del status, usage  # a later process could find them, and they are a sibling's


def _move_to(processor: int | None) -> None:
    """Have what is forked next on the processor of the grader that talks to it; elsewhere it would only be slower."""
    if processor is not None and sys.platform == "linux":
        with suppress(OSError):
            os.sched_setaffinity(0, {processor})


def fork(flags: int = 0) -> tuple[int, list[int]]:
    """As os.fork, into new namespaces: the child's number, 0 in the child; and a handle of it, where the system has them."""
    if sys.platform != "linux":
        return os.fork(), []
    _require_one_thread()
    python, libc = ctypes.pythonapi, _libc()
    handle, number = ctypes.c_int(-1), ctypes.c_void_p()
    if libc.prctl(_GET_PLACE_OF_NUMBER, ctypes.byref(number), 0, 0, 0) == 0:
        flags |= _SET_NUMBER | _CLEAR_NUMBER  # or the C library would go on with the server's
    machine, none = _machine(), ctypes.c_void_p()
    last = (none, number) if machine == "aarch64" else (number, none)
    python.PyOS_BeforeFork()
    pid = int(
        libc.syscall(
            ctypes.c_long(_CLONE[machine]),
            ctypes.c_ulong(flags | _HANDLE | signal.SIGCHLD),
            none,
            ctypes.byref(handle),
            *last,
        )
    )
    if pid == 0:
        python.PyOS_AfterFork_Child()
        return 0, []
    python.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(ctypes.get_errno(), f"fork: {os.strerror(ctypes.get_errno())}")
    return pid, [handle.value]


@functools.cache
def _libc() -> ctypes.PyDLL:
    return ctypes.PyDLL(None, use_errno=True)


_machine = functools.cache(platform.machine)


def _require_one_thread() -> None:
    """A lock that another thread holds would be held in the child for ever."""
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        raise RuntimeError("the server has threads, so it can't fork")


def _become_child(fds: list[int], begin: Begin) -> NoReturn:
    """Close all that is the server's and go on; whatever fails is told on stderr, and the process ends."""
    try:
        os.setsid()  # where nothing isolates, what it starts is ended with its group
        low, high = sorted(fds)
        for first, end in ((3, low), (low + 1, high), (high + 1, os.sysconf("SC_OPEN_MAX"))):
            os.closerange(first, end)
        begin(*fds)
    except BaseException as error:  # noqa: BLE001  # the process ends with it
        os.write(2, f"{type(error).__name__}: {error}\n".encode("utf-8", "replace"))
    os._exit(1)


def _receive(control: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """One request with its file descriptors; None at the end."""
    line, fds = b"", array.array("i")
    while not line.endswith(b"\n"):
        part, ancillary, _, _ = control.recvmsg(1 << 16, socket.CMSG_SPACE(2 * fds.itemsize))
        if not part:
            return None, []
        line += part
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
    return json.loads(line), list(fds)


def _answer(control: socket.socket, answer: dict[str, Any], fds: list[int]) -> None:
    passed = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    control.sendmsg([json.dumps(answer).encode() + b"\n"], passed)
