"""Files written whole or not at all."""

import os
from pathlib import Path

PARTIAL = ".partial"


def write_atomically(path: Path, content: bytes, mode: int = 0o644) -> bool:
    """Put `content` into `path` in one step; returns False, and touches nothing, when it is there already."""
    if path.is_file() and not path.is_symlink() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}{PARTIAL}")
    try:
        partial.write_bytes(content)
        partial.chmod(mode)
        partial.replace(path)
    except OSError as error:
        error.filename = error.filename or str(path)  # a full disk doesn't say which file it was
        raise
    finally:
        partial.unlink(missing_ok=True)
    return True


def remove_partial(folder: Path, pattern: str = "**/.*") -> None:
    """Remove what processes that were killed had begun to write in `folder`."""
    for path in folder.glob(f"{pattern}{PARTIAL}*"):
        writer = path.name.rpartition(PARTIAL)[0].rpartition(".")[2]
        if not Path("/proc", writer).exists():
            path.unlink(missing_ok=True)
