"""What one submission may use: names, defaults, and reading them from assignment.toml's `[limits]`."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields

from gradkit.errors import CourseError


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one submission. The worker can't start processes, so limits of one process are limits of all."""

    notebook_seconds: float = 60.0
    """Wall time for running all cells of a notebook once."""
    call_seconds: float = 20.0
    """Wall time of one call of a student's function."""
    check_seconds: float = 30.0
    """Processor time of one hidden check in the grader's own process, calls not counted: what comes back may be large."""
    cpu_seconds: float = 120.0
    """CPU time of the student's process, cells and calls together."""
    memory_mb: float = 2048
    """Address space of the student's process."""
    output_kb: float = 256
    """Text that one cell or call may print before the rest is dropped."""
    reply_mb: float = 64
    """Size of what one call may return."""
    processes: float = 64
    """Threads of the submission."""


def read_limits(table: Mapping[str, float], place: str) -> Limits:
    """The limits with the defaults filled in; raises CourseError that names an unknown key at `place`."""
    names = [item.name for item in fields(Limits)]
    for key in table:
        if key not in names:
            near = difflib.get_close_matches(key, names, n=1)
            step = f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
            raise CourseError(f"{place}, [limits]: unknown key {key!r}; {step}")
    return Limits(**table)
