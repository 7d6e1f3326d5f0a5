"""Students' files, read only where they are plain ones."""

import os
import stat
from pathlib import Path

from gradkit.errors import NotebookError
from gradkit.notebook import MAX_BYTES


def read_submitted(path: Path, limit: int = MAX_BYTES) -> bytes:
    """The bytes of a student's file; raises NotebookError for whatever is not a plain file of reasonable size."""
    if path.is_symlink():
        raise NotebookError("it is a symbolic link, not a file; hand in the notebook itself")
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise NotebookError(f"it can't be read ({error.strerror}); check the file and its permissions") from error
    try:
        _require_plain(os.fstat(handle), limit)
        with os.fdopen(handle, "rb", closefd=False) as file:
            return file.read(limit + 1)
    finally:
        os.close(handle)


def _require_plain(status: os.stat_result, limit: int) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise NotebookError("it is a folder, not a notebook; hand in the .ipynb file")
    if not stat.S_ISREG(status.st_mode):
        raise NotebookError("it is a device or a pipe, not a file; hand in the .ipynb file")
    if status.st_size > limit:
        megabytes = f"{status.st_size / 1e6:.0f} MB, more than {limit / 1e6:.0f}"
        raise NotebookError(f"it has {megabytes}; clear the outputs and save it again")
