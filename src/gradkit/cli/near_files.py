"""A path that is no file in; a line that names the file which was perhaps meant out."""

from itertools import islice
from pathlib import Path

from gradkit.cli.parsing import nearest

MOST = 5000
"""Names of a folder that are looked at."""


def no_file(path: Path) -> str:
    """What is wrong with a path that is to be a notebook, and what to give in its place."""
    if path.is_dir():
        inside = sorted(islice(path.glob("*.ipynb"), MOST))
        return f"{path}: a folder; give a notebook" + (f" in it, as {inside[0]}" if inside else "")
    if path.exists():
        return f"{path}: not a plain file; give the path of a notebook"
    near = _near(path)
    return f"{path}: no such file; " + (f"did you mean {near}?" if near else "give the path of a notebook")


def _near(path: Path) -> Path | None:
    """The file whose path is most like this one, part by part."""
    found = Path(path.anchor)
    for part in path.parts[1:] if path.anchor else path.parts:
        step = found / part
        if not step.exists():
            try:
                names = {entry.name.lower(): entry.name for entry in islice(found.iterdir(), MOST)}
            except OSError:
                return None
            name = nearest(part, names)
            if name is None:
                return None
            step = found / names[name]
        found = step
    return found if found.is_file() else None
