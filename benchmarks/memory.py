"""Memory of a process and of all its descendants, and how busy the machine is, read from /proc."""

import os
from pathlib import Path

PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = 1 / os.sysconf("SC_CLK_TCK")


def peak_of(pid: int) -> int:
    """The most that a process has held so far, in bytes, as the kernel keeps it (VmHWM); 0 once it has ended."""
    return _field(PROC / str(pid) / "status", "VmHWM:")


def tree_of(root: int) -> list[int]:
    """The process and its descendants."""
    children: dict[int, list[int]] = {}
    for entry in os.scandir(PROC):
        if entry.name.isdigit():
            children.setdefault(_parent(int(entry.name)), []).append(int(entry.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def share_of(pid: int) -> tuple[int, bool]:
    """The process's proportional set size (PSS) in bytes, in which a page that n processes share counts as 1/n.

    Where it can't be read, the resident set size (RSS), and False.
    """
    size = _field(PROC / str(pid) / "smaps_rollup", "Pss:")
    return (size, True) if size else (_resident(pid), False)


def busy_seconds() -> float:
    """Core-seconds that all programs of the machine have taken since it started."""
    user, nice, system = (PROC / "stat").read_text().split()[1:4]
    return (int(user) + int(nice) + int(system)) * _TICK


def _field(path: Path, name: str) -> int:
    """A line such as `Pss: 12 kB` in bytes; 0 where there is none."""
    try:
        line = next((line for line in path.read_text("utf-8", "replace").splitlines() if line.startswith(name)), "")
    except OSError:
        return 0
    return int(line.split()[1]) * 1024 if line else 0


def _resident(pid: int) -> int:
    try:
        return int((PROC / str(pid) / "statm").read_text().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _parent(pid: int) -> int:
    """The parent's number, behind the name in brackets, which may hold anything; 0 once the process has ended."""
    try:
        return int((PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0
