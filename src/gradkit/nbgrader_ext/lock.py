"""One grading run at a time in a course."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gradkit.errors import GradingError


@contextmanager
def grading_lock(path: Path) -> Iterator[None]:
    """Hold the lock file; raises GradingError when another process holds it. It goes with the process that holds it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a")
    except OSError as error:
        raise GradingError(
            f"{path}: can't be written ({error.strerror}); check the permissions of the course folder"
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise GradingError(
                f"{path}: another grading run is at work in this course; wait until it is done"
            ) from None
        yield
