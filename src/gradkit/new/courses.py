"""A folder in; the files and folders of an empty course out."""

import re
from contextlib import suppress
from pathlib import Path

from gradkit import __version__
from gradkit.course import CONFIG_NAME, Course
from gradkit.errors import CourseError
from gradkit.new.filling import filled

FOLDERS = ("source", "autograder", "solutions", "release", "submitted")
FIRST_NAME = "course"
"""What a course is called whose folder has a name that not every program takes."""

_COURSE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def write_course(folder: Path) -> tuple[Course, tuple[Path, ...]]:
    """Make an empty course in `folder`, which may be missing; returns it and the files that it began with.

    Raises CourseError where one of these files is there already. On any failure everything is as it was.
    """
    root = folder.resolve()
    if (root / CONFIG_NAME).exists():
        raise CourseError(f"{root}: is a course already; go there and make an assignment: gradkit new homework1")
    name = root.name if _COURSE_NAME.fullmatch(root.name) else FIRST_NAME
    files = {
        root / path: text
        for path, text in filled("course", {"COURSE_NAME": name, "GRADKIT_VERSION": __version__}).items()
    }
    _refuse_overwriting(root, list(files))
    made: list[Path] = []
    try:
        for path in (*reversed(root.parents), root, *(root / name for name in FOLDERS)):
            if not path.is_dir():
                path.mkdir()
                made.append(path)
        for path, text in files.items():
            with path.open("x", encoding="utf-8") as file:
                made.append(path)
                file.write(text)
    except BaseException:
        _remove(made)
        raise
    return Course(root), tuple(files)


def _refuse_overwriting(root: Path, files: list[Path]) -> None:
    there = [path.name for path in files if path.exists() or path.is_symlink()]
    if there:
        verb = "is" if len(there) == 1 else "are"
        raise CourseError(
            f"{root}: {', '.join(there)} {verb} there already, so nothing was written; "
            "move what is there away, or name a new folder: gradkit new --course DIR"
        )


def _remove(made: list[Path]) -> None:
    for path in reversed(made):
        with suppress(OSError):  # somebody else put a file into the folder meanwhile, and that stays
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()
