"""Which notebook of which assignment a file is, told from where it lies, its name, or its cells."""

from collections.abc import Sequence
from pathlib import Path

from gradkit.course import Assignment, Course
from gradkit.errors import CourseError, NotebookError
from gradkit.notebook import grade_id_of, read_notebook


def locate_notebook(course: Course, path: Path, raw: bytes, name: str | None = None) -> tuple[Assignment, str]:
    """The assignment and the notebook's name for a file that may lie and be called anyhow.

    `name` is the assignment, where it is known. Raises CourseError where the file could be more than one thing.
    """
    candidates = [course.assignment(name)] if name else _assignments(course, path)
    found = [(assignment, notebook) for assignment in candidates if (notebook := match_notebook(assignment, path, raw))]
    if len(found) == 1:
        return found[0]
    _refuse_unreadable(path, raw)
    known = ", ".join(f"{assignment.name}/{notebook}" for assignment in candidates for notebook in assignment.notebooks)
    raise CourseError(
        f"{path}: can't tell which notebook this is; name it like one of {known or 'the source notebooks'}"
    )


def match_notebook(assignment: Assignment, path: Path, raw: bytes) -> str | None:
    """The assignment's notebook that a file is meant to be, or None where that is not certain.

    Its name decides, unless its graded cells are those of another notebook and of no other.
    """
    named = path.stem if path.suffix == ".ipynb" and path.stem in assignment.notebooks else None
    try:
        present = {grade_id_of(cell) for cell in read_notebook(raw).cells}
    except NotebookError:
        return named
    if named and present & {question.grade_id for question in assignment.questions_of(named)}:
        return named
    matching = [
        name
        for name in assignment.notebooks
        if present & {question.grade_id for question in assignment.questions_of(name)}
    ]
    return matching[0] if len(matching) == 1 else named


def _refuse_unreadable(path: Path, raw: bytes) -> None:
    try:
        read_notebook(raw)
    except NotebookError as error:
        raise CourseError(f"{path}: {error}") from error


def _assignments(course: Course, path: Path) -> Sequence[Assignment]:
    """Assignments that the path names in one of its folders; all of the course's where it names none."""
    named = [part for part in path.resolve().parent.parts if part in course.assignments]
    return [course.assignment(name) for name in (named[-1:] or course.assignments)]
