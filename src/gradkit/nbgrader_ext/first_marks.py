"""A submission that the gradebook does not know yet in; its rows out, a statement for each table.

nbgrader makes an object for each row and asks for what it has just written; that takes ten times as long.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.utils import parse_utc
from sqlalchemy import Connection, bindparam, insert, select

from gradkit.nbgrader_ext.outline import Outline
from gradkit.results import NotebookResult

NO_RESPONSE = "No response."
_ENTRY = "gradkit.assignment"

# Statements that are made once: SQLAlchemy takes longer to put one together than SQLite to run it.
_ASSIGNMENT = select(Assignment.id, Assignment.duedate).where(Assignment.name == bindparam("name"))
_KNOWN = (
    select(Student.id, SubmittedAssignment.id)
    .outerjoin(
        SubmittedAssignment,
        (SubmittedAssignment.student_id == Student.id) & (SubmittedAssignment.assignment_id == bindparam("assignment")),
    )
    .where(Student.id == bindparam("student"))
)
_CELLS = (
    select(Notebook.id, Notebook.name, BaseCell.id, BaseCell.name, BaseCell.type)
    .outerjoin(BaseCell, BaseCell.notebook_id == Notebook.id)
    .where(Notebook.assignment_id == bindparam("assignment"))
)
_STUDENT, _SUBMISSION, _NOTEBOOK, _GRADE, _COMMENT = (
    insert(entry.__table__) for entry in (Student, SubmittedAssignment, SubmittedNotebook, Grade, Comment)
)


@dataclass(frozen=True, slots=True)
class AutomaticMarks:
    """What nbgrader's SaveAutoGrades would write of one notebook; `result` is None for one that was not handed in.

    `manual` are names of answers that a person marks, `tasks` those of nbgrader's task cells.
    """

    result: NotebookResult | None
    outline: Outline | None
    manual: frozenset[str]
    tasks: frozenset[str]

    def score(self, name: str) -> float | None:
        """The automatic score of a graded cell; None where a person has to give one."""
        if self.result is None or self.outline is None:
            return 0.0
        if self.result.status == "set_aside" or name in self.tasks:
            return None
        if name in self.manual:
            return 0.0 if name in self.outline.unchanged else None
        question = self.result.question(name)
        return None if question is None else float(question.score)

    def comment(self, name: str) -> str | None:
        """The automatic comment on an answer."""
        untouched = self.outline is not None and name in self.outline.untouched
        return NO_RESPONSE if untouched and name not in self.tasks else None


@dataclass(slots=True)
class _Layout:
    """A notebook's cells in the gradebook, by their numbers there."""

    name: str
    graded: dict[str, str] = field(default_factory=dict)
    solutions: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, str] = field(default_factory=dict)

    def marks(self, result: NotebookResult | None, outline: Outline | None) -> AutomaticMarks:
        return AutomaticMarks(result, outline, frozenset(self.solutions.values()), frozenset(self.tasks.values()))


@dataclass(frozen=True, slots=True)
class _Entry:
    """The assignment in the gradebook: its number, whether it has a due date, its notebooks by their numbers."""

    number: str
    is_due: bool
    layouts: Mapping[str, _Layout]


def enter_first_marks(
    gradebook: Gradebook,
    assignment: str,
    student: str,
    timestamp: datetime | None,
    results: Mapping[str, NotebookResult],
    outlines: Mapping[str, Outline],
) -> bool:
    """Enter a submission that nothing stands of yet, as part of the transaction that is open.

    False, and nothing is written, where the gradebook has one, or where the assignment has a due date, so that penalties depend
    on what stands there.
    """
    db = gradebook.db.connection()  # below the session, which has no objects to look after here
    entry = _entry(gradebook, db, assignment)
    known = db.execute(_KNOWN, {"assignment": entry.number, "student": student}).one_or_none()
    if entry.is_due or (known is not None and known[1] is not None):
        return False
    number, stamp = new_uuid(), {} if timestamp is None else {"timestamp": parse_utc(timestamp)}
    if known is None:
        db.execute(_STUDENT, [{"id": student}])
    db.execute(_SUBMISSION, [{"id": number, "assignment_id": entry.number, "student_id": student, **stamp}])
    notebooks, grades, comments = [], list[dict[str, Any]](), list[dict[str, Any]]()
    for notebook, layout in entry.layouts.items():
        place = new_uuid()
        marks = layout.marks(results.get(layout.name), outlines.get(layout.name))
        notebooks.append({"id": place, "assignment_id": number, "notebook_id": notebook})
        grades += [_grade(marks, name) | _new(cell, place) for cell, name in (layout.graded | layout.tasks).items()]
        comments += [
            {"auto_comment": marks.comment(name)} | _new(cell, place)
            for cell, name in (layout.solutions | layout.tasks).items()
        ]
    for statement, rows in ((_NOTEBOOK, notebooks), (_GRADE, grades), (_COMMENT, comments)):
        if rows:
            db.execute(statement, rows)
    gradebook.db.info[_ENTRY] = db.get_transaction(), assignment, entry
    return True


def _entry(gradebook: Gradebook, db: Connection, assignment: str) -> _Entry:
    """The assignment's entry, as it was read for the first marks of this transaction: since they were written, SQLite lets no other
    program change it, and what another grader does waits for its turn. Before, and in the next transaction, it may be another one.
    """
    transaction, name, entry = gradebook.db.info.get(_ENTRY, (None, "", None))
    if entry is None or (transaction, name) != (db.get_transaction(), assignment):
        number, due = db.execute(_ASSIGNMENT, {"name": assignment}).one()
        return _Entry(number, due is not None, _layouts(db, number))
    found: _Entry = entry
    return found


def _layouts(db: Connection, assignment: str) -> dict[str, _Layout]:
    found: dict[str, _Layout] = {}
    for notebook, name, number, cell, kind in db.execute(_CELLS, {"assignment": assignment}):
        layout = found.setdefault(notebook, _Layout(name))
        kinds = {"GradeCell": layout.graded, "SolutionCell": layout.solutions, "TaskCell": layout.tasks}
        if kind in kinds:
            kinds[kind][number] = cell
    return found


def _new(cell: str, notebook: str) -> dict[str, Any]:
    return {"id": new_uuid(), "cell_id": cell, "notebook_id": notebook}


def _grade(marks: AutomaticMarks, name: str) -> dict[str, Any]:
    score = marks.score(name)
    return {"auto_score": score, "needs_manual_grade": score is None}
