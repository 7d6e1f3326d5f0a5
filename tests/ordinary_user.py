"""A command in; the same command as a user without rights out, also where the interpreter lies below root's home."""

import os
import shutil
import stat
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from gradkit.sandbox.bubblewrap import find_bwrap
from gradkit.sandbox.surroundings import interpreter_folders

USER = 54_321
"""A user id that nobody has."""
ROOT = Path(__file__).parents[1]


def as_ordinary_user(command: Sequence[str | Path], folder: Path) -> list[str]:
    """The command run by a user who owns `folder` and nothing else; as it is where we are no root.

    Root puts what the user has to read, this repository and the interpreter, behind folders that the user may pass; then
    gives up every right.
    """
    words = [str(word) for word in command]
    if os.geteuid() != 0:
        return words
    for path in (folder, *folder.rglob("*")):
        os.chown(path, USER, USER, follow_symlinks=False)
    mounts = list(_passable([*map(Path, (sys.prefix, sys.base_prefix)), *interpreter_folders(), ROOT], folder))
    setpriv = shutil.which("setpriv")
    assert setpriv is not None, "setpriv is missing; it comes with util-linux"
    drop = [setpriv, f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]
    return [find_bwrap(), "--dev-bind", "/", "/", *mounts, "--chdir", str(folder), "--", *drop, "--", *words]


def _passable(read: Iterable[Path], write: Path) -> Iterable[str]:
    """Mounts that put a folder anybody may enter over each one that only root may, with what is needed inside."""
    needed = {**{path.resolve(): "--ro-bind" for path in read}, write.resolve(): "--bind"}
    closed = {parent for path in needed for parent in path.parents if not parent.stat().st_mode & stat.S_IXOTH}
    for top in sorted(path for path in closed if not closed & set(path.parents)):
        yield from ("--perms", "0755", "--tmpfs", str(top))
        for path in sorted(path for path in needed if top in path.parents):
            for parent in reversed(path.parents):
                if top in parent.parents:
                    yield from ("--perms", "0755", "--dir", str(parent))
            yield from (needed[path], str(path), str(path))
