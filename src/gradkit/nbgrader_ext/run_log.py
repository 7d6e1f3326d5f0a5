"""One line in a course's log when a grading run begins, one when it ends: when, what, how isolated, how many."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

TIERS = {"A": "isolation tier A", "B": "isolation tier B", "none": "NOT ISOLATED (--sandbox none)"}


class RunLog:
    """The log of one run; `outcome` is what its last line tells."""

    def __init__(self, path: Path, run: str) -> None:
        self._path, self._run = path, run
        self.outcome = "stopped before its end"

    def write(self, text: str) -> None:
        """Append a line with the time in UTC."""
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {self._run}: {text}\n")


@contextmanager
def run_log(path: Path, assignment: str, isolation: str) -> Iterator[RunLog]:
    """Log the run inside the block, however it ends; raises OSError where the log can't be written."""
    log = RunLog(path, f"grade {assignment}")
    log.write(f"begins, {TIERS.get(isolation, 'isolation as the machine has it')}")
    try:
        yield log
    finally:
        with suppress(OSError):  # a full disk has been told already
            log.write(log.outcome)
