"""Which notebook of which assignment a file is, told from where it lies, its name, or its cells."""

from collections.abc import Mapping, Sequence, Set
from pathlib import Path

from nbformat import NotebookNode

from gradkit.course import Assignment, Course
from gradkit.errors import CourseError, NotebookError
from gradkit.notebook import grade_id_of, read_notebook

MEANT_SHARE = 0.5
"""Of a notebook's grade_ids, that a file of another name must have to be that notebook."""


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

    As `meant_notebook` tells it.
    """
    named = path.stem if path.suffix == ".ipynb" and path.stem in assignment.notebooks else None
    try:
        present = grade_ids(read_notebook(raw))
    except NotebookError:
        return named
    own = {name: {question.grade_id for question in assignment.questions_of(name)} for name in assignment.notebooks}
    return meant_notebook(named, present, own)


def grade_ids(notebook: NotebookNode) -> frozenset[str]:
    """The grade_ids of a notebook's cells."""
    return frozenset(name for cell in notebook.cells if (name := grade_id_of(cell)) is not None)


def meant_notebook(named: str | None, present: Set[str], own: Mapping[str, Set[str]]) -> str | None:
    """The notebook that a file is meant to be, told by its name and its grade_ids; `own` has those of each notebook.

    The name decides, unless the file has nothing of that notebook and is another. It is the one with which it shares most,
    and at least half, of the grade_ids; None where two are as near.
    """
    if named is not None and present & own[named]:
        return named
    shares = sorted(((len(ids & present) / len(ids), name) for name, ids in own.items() if ids), reverse=True)
    if not shares or shares[0][0] < MEANT_SHARE or (len(shares) > 1 and shares[1][0] == shares[0][0]):
        return named
    return shares[0][1]


def _refuse_unreadable(path: Path, raw: bytes) -> None:
    try:
        read_notebook(raw)
    except NotebookError as error:
        raise CourseError(f"{path}: {error}") from error


def _assignments(course: Course, path: Path) -> Sequence[Assignment]:
    """Assignments that the path names in one of its folders; all of the course's where it names none."""
    named = [part for part in path.resolve().parent.parts if part in course.assignments]
    return [course.assignment(name) for name in (named[-1:] or course.assignments)]
