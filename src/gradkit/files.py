"""Files written whole or not at all."""

import os
import stat
from contextlib import suppress
from pathlib import Path

PARTIAL = ".partial"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


def write_atomically(path: Path, content: bytes, mode: int = 0o644) -> bool:
    """Put `content` into `path` in one step; returns False, and touches nothing, when it is there already."""
    if _holds(path, content):
        return False
    partial = path.with_name(f".{path.name}.{os.getpid()}{PARTIAL}")
    try:
        try:
            file = os.open(partial, _NEW, mode)
        except (FileNotFoundError, NotADirectoryError):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(partial, _NEW, mode)
        with open(file, "wb", buffering=0) as stream:  # noqa: PTH123  # by its descriptor
            os.fchmod(file, mode)
            left = memoryview(content)
            while left:
                left = left[stream.write(left) :]
        partial.replace(path)
    except BaseException as error:
        if isinstance(error, OSError):
            error.filename = error.filename or str(path)  # a full disk doesn't say which file it was
        with suppress(OSError):
            partial.unlink()
        raise
    return True


def _holds(path: Path, content: bytes) -> bool:
    """Whether this is a file, no link to one, with this content."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == len(content) and path.read_bytes() == content


def remove_partial(folder: Path, pattern: str = "**/.*") -> None:
    """Remove what processes that were killed had begun to write in `folder`."""
    for path in folder.glob(f"{pattern}{PARTIAL}*"):
        writer = path.name.rpartition(PARTIAL)[0].rpartition(".")[2]
        if not Path("/proc", writer).exists():
            path.unlink(missing_ok=True)
