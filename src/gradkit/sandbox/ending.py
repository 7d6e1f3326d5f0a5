"""A process in; whether it ends in time out, at once when it does: `Popen.wait` with a limit looks only every 50 ms."""

import contextlib
import os
import select
import subprocess


def has_ended(handle: int, seconds: float) -> bool:
    """Whether the process of a handle (a pidfd) ends within this time, whosever child it is."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def ends_within(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Whether a process that this one started ends within this time; its exit status is known then."""
    if process.poll() is not None:
        return True
    try:
        handle = os.pidfd_open(process.pid)
    except (AttributeError, OSError):  # a system without handles of processes, or no more of them
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        return process.returncode is not None
    try:
        if has_ended(handle, seconds):
            process.wait()
        return process.returncode is not None
    finally:
        os.close(handle)
