"""A course and a name in; a complete small assignment, to be changed, out."""

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gradkit.course import Assignment, Course
from gradkit.errors import CourseError
from gradkit.new.filling import filled

LONGEST_NAME = 80
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


@contextmanager
def new_assignment(course: Course, name: str) -> Iterator[Assignment]:
    """Write the assignment; the block builds its release. Where the block fails nothing of the assignment stays.

    Raises CourseError for a name that can't be one, and where one of the assignment's folders holds something already.
    """
    check_name(name)
    assignment = Assignment(course.root, name)
    written = {kind: course.root / kind / name for kind in ("source", "autograder", "solutions")}
    _refuse_overwriting(course, (*written.values(), assignment.release))
    course.state.mkdir(exist_ok=True)
    moved: list[Path] = []
    with tempfile.TemporaryDirectory(prefix="new-", dir=course.state) as stage:
        for path, text in filled("assignment", {"ASSIGNMENT_NAME": name}).items():
            target = Path(stage) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        try:
            for kind, place in written.items():
                place.parent.mkdir(exist_ok=True)
                (Path(stage) / kind).rename(place)  # refuses a folder that has been filled meanwhile
                moved.append(place)
            yield assignment
        except BaseException:
            for place in (*moved, assignment.release):
                shutil.rmtree(place, ignore_errors=True)
            raise


def check_name(name: str) -> None:
    """Raise CourseError for a name that not every file system, shell and nbgrader command takes as it is."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        shown = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..."
        raise CourseError(
            f"{shown!r} can't be the name of an assignment; give at most {LONGEST_NAME} letters, digits, - and _, "
            "beginning with a letter or a digit, as in homework1"
        )


def _refuse_overwriting(course: Course, places: Iterable[Path]) -> None:
    for place in places:
        if place.is_symlink() or (place.exists() and not (place.is_dir() and not any(place.iterdir()))):
            raise CourseError(
                f"{place.relative_to(course.root).as_posix()}: is there already, so nothing was written; "
                "choose another name, or move what is there away"
            )
