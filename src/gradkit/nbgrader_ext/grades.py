"""Students' entries in the gradebook in; out what their feedback pages say of them, fit to be sent to another process."""

from collections.abc import Collection, Mapping
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import Select, bindparam, select

from gradkit.nbgrader_ext.page_task import NotebookGrades

Grades = dict[str, NotebookGrades]
"""Those of one submission, by the notebook's name."""


def _of_cells(query: Select[Any], entry: Any, kind: str) -> Select[Any]:
    """Entries of cells of this kind and of tasks; tasks come first, so that they give way where a name stands twice."""
    return _of_students(
        query.select_from(entry)
        .join(SubmittedNotebook, SubmittedNotebook.id == entry.notebook_id)
        .join(BaseCell, BaseCell.id == entry.cell_id)
        .where(BaseCell.type.in_([kind, "TaskCell"]))
        .order_by(BaseCell.type.desc())
    )


def _of_students(query: Select[Any]) -> Select[Any]:
    return (
        query.join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .where(Assignment.name == bindparam("assignment"))
        .where(SubmittedAssignment.student_id.in_(bindparam("students", expanding=True)))
    )


# Statements that are made once: SQLAlchemy takes longer to put one together than SQLite to run it.
_GRADED = _of_cells(
    select(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, Grade.score, Grade.max_score),
    Grade,
    "GradeCell",
)
_SAID = _of_cells(
    select(SubmittedAssignment.student_id, Notebook.name, BaseCell.name, Comment.comment), Comment, "SolutionCell"
)
_MARKS = _of_students(
    select(
        SubmittedAssignment.student_id,
        Notebook.name,
        SubmittedNotebook.score,
        SubmittedNotebook.max_score,
        SubmittedNotebook.late_submission_penalty,
    ).select_from(SubmittedNotebook)
)


def read_grades(gradebook: Gradebook, assignment: str, students: Collection[str]) -> dict[str, Grades]:
    """Each notebook that the gradebook knows of these students' submissions, in three queries.

    nbgrader's own expressions decide: a mark by hand wins over the automatic one, extra credit is added to either.
    """
    wanted = {"assignment": assignment, "students": list(students)}
    cells: dict[tuple[str, str], dict[str, tuple[float, float]]] = {}
    for student, notebook, cell, score, points in gradebook.db.execute(_GRADED, wanted):
        cells.setdefault((student, notebook), {})[cell] = (score, points)
    comments: dict[tuple[str, str], dict[str, str | None]] = {}
    for student, notebook, cell, comment in gradebook.db.execute(_SAID, wanted):
        comments.setdefault((student, notebook), {})[cell] = comment
    found: dict[str, Grades] = {student: {} for student in students}
    for student, name, score, max_score, late in gradebook.db.execute(_MARKS, wanted):
        key = student, name
        found[student][name] = NotebookGrades(score, max_score, late or 0, cells.get(key, {}), comments.get(key, {}))
    return found


def notebook_grades(grades: Mapping[str, NotebookGrades], notebook: str, student: str) -> NotebookGrades:
    """One notebook's; raises nbgrader's MissingEntry when the gradebook has none."""
    if notebook not in grades:
        raise MissingEntry(f"No such submitted notebook: {notebook} for {student}")
    return grades[notebook]
