"""Files written whole or not at all."""

import os
import stat
from contextlib import suppress
from pathlib import Path

PARTIAL = ".partial"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC


def write_atomically(path: Path, content: bytes, mode: int = 0o644) -> bool:
    """Put `content` into `path` in one step; returns False, and touches nothing, when it is there already."""
    # By the system's calls, since there are a dozen files for each submission and pathlib takes longer than they do.
    place = os.fspath(path)
    if _holds(place, content):
        return False
    folder, name = os.path.split(place)
    partial = os.path.join(folder, f".{name}.{os.getpid()}{PARTIAL}")  # noqa: PTH118
    try:
        try:
            file = os.open(partial, _NEW, mode)
        except (FileNotFoundError, NotADirectoryError):
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(partial, _NEW, mode)
        try:
            os.fchmod(file, mode)
            left = memoryview(content)
            while left:
                left = left[os.write(file, left) :]
        finally:
            os.close(file)
        os.replace(partial, place)  # noqa: PTH105
    except BaseException as error:
        if isinstance(error, OSError):
            error.filename = error.filename or place  # a full disk doesn't say which file it was
        with suppress(OSError):
            os.unlink(partial)  # noqa: PTH108
        raise
    return True


def _holds(place: str, content: bytes) -> bool:
    """Whether this is a file, no link to one, with this content."""
    try:
        found = os.lstat(place)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return stat.S_ISREG(found.st_mode) and found.st_size == len(content) and Path(place).read_bytes() == content


def remove_partial(folder: Path, pattern: str = "**/.*") -> None:
    """Remove what processes that were killed had begun to write in `folder`."""
    for path in folder.glob(f"{pattern}{PARTIAL}*"):
        writer = path.name.rpartition(PARTIAL)[0].rpartition(".")[2]
        if not Path("/proc", writer).exists():
            path.unlink(missing_ok=True)
