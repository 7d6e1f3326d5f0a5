"""One processor for the grader and the submission that it talks to.

They take turns, so a second processor is of no use to them; waking a process on another one takes ten times as long as on the
same, and a notebook's checks are dozens of turns (docs/performance/profile.md).
"""

import ctypes
import os
import sys
from contextlib import suppress

Processors = set[int]


def stay_on_one() -> tuple[int | None, Processors]:
    """Keep this thread, and what it starts, on the processor that it is on: its number, and those allowed before.

    The number is None where the system can't say or forbids it; then nothing was changed.
    """
    if sys.platform != "linux":
        return None, set()
    try:
        allowed = os.sched_getaffinity(0)
        here = int(ctypes.CDLL(None).sched_getcpu())
        if here not in allowed:
            return None, allowed
        os.sched_setaffinity(0, {here})
    except (OSError, AttributeError):  # a machine that keeps it to itself; a C library without the question
        return None, set()
    return here, allowed


def allow(processors: Processors) -> None:
    """Let this thread be on any of these again."""
    if processors and sys.platform == "linux":
        with suppress(OSError):  # they were taken away meanwhile; it goes on where it is
            os.sched_setaffinity(0, processors)
