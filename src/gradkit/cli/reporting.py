"""The parts of `gradkit report`: read what is kept of a class, make the page, write it whole."""

import os
from collections.abc import Callable
from pathlib import Path

from gradkit import nbgrader_ext
from gradkit.cli.exporting import write_private
from gradkit.course import Assignment, Course
from gradkit.errors import CourseError, GradingError
from gradkit.report import report_page
from gradkit.results import Similarities

FOLDER = "reports"


def write_report(
    course: Course,
    assignment: Assignment,
    out: Path | None = None,
    *,
    hide_names: bool = False,
    similar: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the page to `out`, by default into the course's folder `reports/`; returns where it is.

    `progress(done, total)` counts students whose answers were compared, if `similar` answers are to be looked for. Raises
    CourseError where the page can't be written, and GradingError where nothing was graded yet.
    """
    place = course.root / FOLDER / f"{assignment.name}.html" if out is None else out
    _require_writable(place, made=out is None)
    record = nbgrader_ext.read_class(course, assignment)
    found = _similar(course, assignment, progress) if similar else None
    salt = os.urandom(16) if hide_names else b""  # else who knows the names could reckon whose number is which
    write_private(place, report_page(record, found, hide_names=hide_names, salt=salt))
    return place


def _similar(
    course: Course, assignment: Assignment, progress: Callable[[int, int], None] | None
) -> Similarities | None:
    """Answers that look alike; None where there is nothing any more to compare, which the page says."""
    try:
        return nbgrader_ext.similar_submissions(course, assignment, progress=progress)
    except (CourseError, GradingError):
        return None


def _require_writable(place: Path, *, made: bool) -> None:
    """Raise CourseError where there can't be such a file; a folder that is `made` on the way need not be there."""
    if place.is_dir():
        raise CourseError(f"{place}: a folder; give the path of a file in it, as {place / 'report.html'}")
    if place.exists() and not place.is_file():
        raise CourseError(f"{place}: not a plain file; give another path")
    if not made and not place.parent.is_dir():
        raise CourseError(f"{place}: there is no folder {place.parent}; make it, or give another path")
