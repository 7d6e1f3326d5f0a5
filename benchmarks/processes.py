"""A command in; its wall time, processor time, memory and the time to its first result out."""

import contextlib
import ctypes
import os
import resource
import selectors
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.memory import busy_seconds, peak_of, share_of, tree_of

MAIN_SECONDS = 0.25
"""Between two readings of the main process's peak, which the kernel keeps: only what comes behind the last is missed."""
TREE_SECONDS = 1.0
"""Between two readings of all processes; these cost time."""
_MB = 1e6
_PR_SET_CHILD_SUBREAPER = 36


class MeasurementError(Exception):
    """A measurement that can't be trusted: a command failed, or did not do what it was measured for."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one command took. Memory is in MB of 10^6 bytes."""

    wall: float
    processor: float
    """Processor time of the process and of all descendants that were waited for."""
    first: float | None
    """Seconds to the first result."""
    main_mb: float
    tree_mb: float
    tree_is_pss: bool
    """Whether every process of the tree was read by its PSS; where one was not, by its RSS."""
    others: float
    """Core-seconds that other programs of the machine took meanwhile, to a few hundredths."""
    watching: float
    """Processor time that this measurement took itself; it runs on the same cores."""


@dataclass(slots=True)
class _Seen:
    first: float | None = None
    main: int = 0
    tree: int = 0
    all_pss: bool = True


def run(
    command: Sequence[str],
    folder: Path,
    *,
    changes: Mapping[str, str] | None = None,
    good: Sequence[int] = (0,),
) -> tuple[Run, str]:
    """Run a command in a folder, with `changes` to the environment; returns what it took and its standard output.

    The first result is the first line of its output. Raises MeasurementError where the exit status is not one of `good`.
    """
    adopt_orphans()
    own, theirs = _processor(resource.RUSAGE_SELF), _processor(resource.RUSAGE_CHILDREN)
    busy = busy_seconds()
    start = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(changes),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        try:
            output, seen = _watch(process, start)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        status, wall = process.wait(), time.perf_counter() - start
        _reap_orphans(process.pid)
        if status not in good:
            raise MeasurementError(f"{' '.join(command)}: exit status {status}: {_end_of(errors)}")
    theirs, own = _processor(resource.RUSAGE_CHILDREN) - theirs, _processor(resource.RUSAGE_SELF) - own
    others = max(0.0, busy_seconds() - busy - theirs - own)
    measured = Run(wall, theirs, seen.first, seen.main / _MB, seen.tree / _MB, seen.all_pss, others, own)
    return measured, output.decode("utf-8", "replace")


def adopt_orphans() -> None:
    """Become the parent of descendants whose parent ends before them, so that their processor time is not lost."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment with the scripts of this interpreter on the PATH, where nbgrader looks for alembic."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, **(changes or {})}


def _watch(process: "subprocess.Popen[bytes]", start: float) -> tuple[bytes, _Seen]:
    """Read the command's output, and take samples, until it has ended."""
    assert process.stdout is not None
    output, seen = bytearray(), _Seen()
    main, tree = start, start + TREE_SECONDS / 5
    end = os.pidfd_open(process.pid)
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            selector.register(end, selectors.EVENT_READ)
            while True:
                ready = {key.fd for key, _ in selector.select(MAIN_SECONDS)}
                now = time.perf_counter()
                if process.stdout.fileno() in ready:
                    part = os.read(process.stdout.fileno(), 2**16)
                    output += part
                    if seen.first is None and b"\n" in part:
                        seen.first = now - start
                    if not part:
                        selector.unregister(process.stdout)
                if end in ready:
                    output += process.stdout.read() if process.stdout in selector.get_map() else b""
                    return bytes(output), seen
                if now >= main:
                    main = now + MAIN_SECONDS
                    seen.main = max(seen.main, peak_of(process.pid))
                if now >= tree:
                    tree = now + TREE_SECONDS
                    _reap_orphans(process.pid)
                    _read_tree(process.pid, seen)
    finally:
        os.close(end)
        process.stdout.close()


def _read_tree(root: int, seen: _Seen) -> None:
    shares = [(size, pss) for size, pss in map(share_of, tree_of(root)) if size]
    seen.tree = max(seen.tree, sum(size for size, _ in shares))
    seen.all_pss &= all(pss for _, pss in shares)


def _reap_orphans(main: int) -> None:
    """Wait for the adopted processes that have ended; the main process is left to its own wait."""
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)) and ended.si_pid != main:
            os.waitpid(ended.si_pid, 0)


def _processor(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def _end_of(errors: IO[bytes]) -> str:
    errors.seek(0)
    return errors.read().decode("utf-8", "replace").strip()[-800:]
