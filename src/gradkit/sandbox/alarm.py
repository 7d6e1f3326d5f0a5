"""A block that takes too long is stopped by a signal, and one that must not be stopped is not: in a program's main thread, where
signals arrive. A process ends with its parent.
"""

import contextlib
import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

_SET_DEATH_SIGNAL, _GET_DEATH_SIGNAL = 1, 2


class TooLong(BaseException):
    """The alarm rang; no `except Exception` of the code that is run may take it for its own."""


@contextlib.contextmanager
def stopped_after(seconds: float | None, *, of_processor: bool = False) -> Iterator[None]:
    """Raise TooLong in the block after so many seconds on the clock, or of processor time; never where there is no limit.

    The two kinds have timers of their own and may be nested.
    """
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: object) -> None:
        raise TooLong

    number, timer = (signal.SIGPROF, signal.ITIMER_PROF) if of_processor else (signal.SIGALRM, signal.ITIMER_REAL)
    before = signal.signal(number, ring)
    signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, before)


def end_with_parent() -> None:
    """Have the kernel kill this process when the thread that started it ends; nothing where the system has no such thing.

    A parent that was killed can't say anything any more.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


@contextlib.contextmanager
def uninterrupted(orphaned: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Have a signal that Python would handle in the block, as Ctrl-C, handled behind it; in a program's main thread.

    So is the one that the kernel sends to a process whose parent ends, where it asked for one; `orphaned` is called before.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []
    found = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    handlers = {number: handler for number, handler in found.items() if callable(handler)}
    for number in handlers:
        signal.signal(number, lambda which, _: arrived.append(which))
    try:
        with _outliving_its_parent(orphaned):
            yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for which in arrived:
            signal.raise_signal(which)


@contextlib.contextmanager
def _outliving_its_parent(orphaned: Callable[[], None]) -> Iterator[None]:
    """A block in which the end of the parent ends nothing; behind it, it does. A process that was forked in it has no part in this."""
    if sys.platform != "linux":
        yield
        return
    me, parent, prctl = os.getpid(), os.getppid(), ctypes.CDLL(None).prctl
    number = ctypes.c_int()
    prctl(_GET_DEATH_SIGNAL, ctypes.byref(number), 0, 0, 0)
    prctl(_SET_DEATH_SIGNAL, 0, 0, 0, 0)
    try:
        yield
    finally:
        if number.value and os.getpid() == me:
            prctl(_SET_DEATH_SIGNAL, number.value, 0, 0, 0)
            if os.getppid() != parent:
                try:
                    orphaned()
                finally:
                    os.kill(me, number.value)
