"""A course and a moment in; what a submission has left behind on this machine since then out."""

import contextlib
import ctypes
import hashlib
import os
import resource
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

MARK = "zqleft"
"""Stands in the name of everything that an attack tries to leave."""
FIRST_SANDBOX_USER = 1 << 30
PRODUCED = ("autograded", "feedback", ".gradkit", "gradebook.db")
OPEN_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/dev/mqueue")  # looked at, not written to
SPARE_FILES = 3
_PR_SET_CHILD_SUBREAPER = 36


class Watch:
    """What this process and its course look like now; `leftovers` says what is different later.

    Orphans below this process become its children, so that a process that got away is found.
    """

    def __init__(self, course: Path, folders: Iterable[Path]) -> None:
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self.course = course
        self.folders = tuple(folders)
        self.looks: dict[str, Callable[[], set[str]]] = {
            "process": _processes,
            "file of the course": self._files_of_the_course,
            "temporary file": self._temporary_files,
            "file": _strange_files,
            "System V object": _system_v,
            "socket": _sockets,
            "mount": lambda: set(Path("/proc/self/mountinfo").read_text("utf-8").splitlines()),
            "state of the grader": _own_state,
        }
        self.before = {name: look() for name, look in self.looks.items()}
        self.descriptors = len(os.listdir("/proc/self/fd"))  # noqa: PTH208  # a Path would open one more

    def leftovers(self, seconds: float = 3.0) -> list[str]:
        """Everything that was not there before or is no more; what is about to end is given some seconds.

        What is found is told once, and processes are ended: nobody else is blamed for it.
        """
        deadline = time.monotonic() + seconds
        while True:
            found = [
                f"{name}: {thing}"
                for name, look in self.looks.items()
                for thing in sorted(look().symmetric_difference(self.before[name]))
            ]
            found += self._descriptors()
            if not found:
                return []
            if time.monotonic() > deadline:
                _end_processes()
                self.before = {name: look() for name, look in self.looks.items()}
                return found
            time.sleep(0.05)

    def _descriptors(self) -> list[str]:
        now = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
        return [f"descriptors: {now} after {self.descriptors}"] if now > self.descriptors + SPARE_FILES else []

    def _files_of_the_course(self) -> set[str]:
        return {
            f"{path.relative_to(self.course)} {_state(path)}"
            for top in self.course.iterdir()
            if not top.name.startswith(PRODUCED)
            for path in (top, *_below(top))
        }

    def _temporary_files(self) -> set[str]:
        return {str(path) for folder in self.folders for path in _below(folder)}


def memory_mb() -> dict[str, float]:
    """What this process has in memory, now and at most."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    return {name: int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM")}


def _below(folder: Path) -> Iterator[Path]:
    if folder.is_dir() and not folder.is_symlink():
        yield from sorted(folder.rglob("*"))


def _state(path: Path) -> str:
    status = path.lstat()
    return f"{status.st_mode:o} {status.st_uid} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def _processes() -> set[str]:
    """Every process below this one that still runs; those that ended are taken away."""
    parents: dict[int, tuple[int, str, str]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdigit():
            try:
                text = Path("/proc", name, "stat").read_text("utf-8", "replace")
            except OSError:
                continue
            command, _, rest = text.partition("(")[2].rpartition(")")
            state, parent = rest.split()[:2]
            parents[int(name)] = int(parent), state, command
    below = {os.getpid()}
    while more := {pid for pid, (parent, _, _) in parents.items() if parent in below} - below:
        below |= more
    for pid in below:
        if parents.get(pid, (0, "", ""))[:2] == (os.getpid(), "Z"):
            os.waitpid(pid, os.WNOHANG)
    alive = sorted(pid for pid in below - {os.getpid()} if parents[pid][1] != "Z")
    return {f"{pid} ({parents[pid][2]}), child of {parents[pid][0]}" for pid in alive}


def _end_processes() -> None:
    for text in _processes():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(text.split()[0]), signal.SIGKILL)
    deadline = time.monotonic() + 2
    while _processes() and time.monotonic() < deadline:
        time.sleep(0.05)


def _strange_files() -> set[str]:
    """Files with the mark, where anybody may write."""
    found = set()
    for folder in map(Path, OPEN_FOLDERS):
        for name in os.listdir(folder) if folder.is_dir() else ():  # noqa: PTH208  # there may be very many
            if MARK in name:
                found.add(f"{folder}/{name}")
    return found


def _system_v() -> set[str]:
    """Shared memory, semaphores and queues of a sandbox's user, or of ours where we are no root."""
    found = set()
    for kind in ("shm", "sem", "msg"):
        path = Path("/proc/sysvipc", kind)
        lines = path.read_text("utf-8").splitlines() if path.exists() else ["uid"]
        column = lines[0].split().index("uid")
        for line in lines[1:]:
            owner = int(line.split()[column])
            if owner >= FIRST_SANDBOX_USER or owner == os.geteuid() != 0:
                found.add(f"{kind} {line.split()[:2]}")
    return found


def _sockets() -> set[str]:
    """Sockets with the mark in their names, and listening ones of a sandbox's user."""
    found = {line for line in Path("/proc/net/unix").read_text("utf-8", "replace").splitlines() if MARK in line}
    for kind in ("tcp", "tcp6", "udp", "udp6", "raw"):
        path = Path("/proc/net", kind)
        for line in path.read_text("utf-8").splitlines()[1:] if path.exists() else ():
            if int(line.split()[7]) >= FIRST_SANDBOX_USER:
                found.add(f"{kind} {line.split()[1]}")
    return found


def _own_state() -> set[str]:
    """What another process could change of this one."""
    kinds = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    limits = {f"{name} {resource.getrlimit(getattr(resource, name))}" for name in kinds}
    environment = hashlib.sha256(repr(sorted(os.environ.items())).encode()).hexdigest()
    scores = Path("/proc/self/oom_score_adj").read_text("utf-8")
    priority = os.getpriority(os.PRIO_PROCESS, 0)
    return limits | {f"environment {environment}", f"oom {scores}", f"nice {priority}", f"host {os.uname().nodename}"}
