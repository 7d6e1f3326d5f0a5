"""The gradebook in, a class's marks out: plain records, read in one transaction that writes nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from nbgrader.api import (
    Assignment as Entry,
)
from nbgrader.api import (
    BaseCell,
    Grade,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import create_engine, func, inspect, make_url, select
from sqlalchemy.orm import Session

from gradkit.course import Assignment, Course
from gradkit.errors import CourseError, GradebookError, GradingError, NotebookError
from gradkit.nbgrader_ext.configuration import load_config
from gradkit.nbgrader_ext.databases import NO_COURSE, REFUSALS, place_of, refusal, require_known
from gradkit.nbgrader_ext.files import read_submitted
from gradkit.nbgrader_ext.lock import grading_lock
from gradkit.nbgrader_ext.quiet import quiet
from gradkit.nbgrader_ext.records import Records
from gradkit.nbgrader_ext.submissions import students_to_grade
from gradkit.results import ClassMarks, GradedCell, StudentMarks, from_json

Key = tuple[str, str]
"""Notebook and grade_id."""
PENALTY = SubmittedNotebook.late_submission_penalty
WAIT_SECONDS = 2
"""For another program that writes to the gradebook, which is done in less."""


def read_marks(course: Course, assignment: Assignment) -> ClassMarks:
    """Every student's marks for the assignment: of all whom the gradebook knows, and of all who handed in.

    Raises GradebookError, with the next step, where there is no gradebook, where it has no marks for the assignment or
    marks for other questions, and where it can't be read; GradingError while a grading run is at work.
    """
    lock = course.state / "lock"
    with quiet(), grading_lock(lock) if lock.exists() else nullcontext():
        directory = CourseDirectory(config=load_config(course))
        require_known(directory.db_url)
        place = place_of(directory.db_url)
        with _reading(directory.db_url, place, assignment.name) as db:
            _require_entry(db, place, assignment, directory.course_id)
            cells = _cells(db, assignment, place)
            students = tuple(_students(db, course, assignment, cells))
    found = {student.student for student in students}
    waiting = (
        StudentMarks(name, f"not graded yet: run gradkit grade {assignment.name}", (None,) * len(cells))
        for name in _submitted(course, assignment)
        if name not in found
    )
    return ClassMarks(assignment.name, cells, tuple(sorted((*students, *waiting), key=lambda one: one.student)))


@contextmanager
def _reading(url: str, place: str, assignment: str) -> Iterator[Session]:
    """A session on the gradebook: nbgrader's own would make tables and a course where there are none."""
    where = make_url(url)
    path = Path(where.database or "")
    if where.get_backend_name() == "sqlite":
        if not path.is_file() or not path.stat().st_size:
            raise GradebookError(f"{place}: no gradebook yet; run gradkit grade {assignment} first")
        uri = f"file:{quote(str(path))}?mode=rw"  # rw lets SQLite finish what a writer that was killed left
        engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS))
    else:
        engine = create_engine(url)
    try:
        if where.get_backend_name() != "sqlite" and not inspect(engine).has_table("course"):
            raise GradebookError(f"{place}: no gradebook yet; run gradkit grade {assignment} first")
        with Session(engine) as db:
            yield db
    except REFUSALS as error:
        if "not a database" in str(error) or "malformed" in str(error):
            raise GradebookError(
                f"{place}: no gradebook, or a broken one ({getattr(error, 'orig', error)}); bring back a copy, "
                f"or move it away and run gradkit grade {assignment}"
            ) from error
        raise GradebookError(refusal(url, error)) from error
    finally:
        engine.dispose()


def _require_entry(db: Session, place: str, assignment: Assignment, course_id: str) -> None:
    """Raise GradebookError unless the gradebook is this course's and knows the assignment."""
    owners = {entry.name: entry.course_id for entry in db.scalars(select(Entry))}
    owner = owners.get(assignment.name)
    if owner not in (None, NO_COURSE, course_id) and course_id:
        raise GradebookError(
            f"{place}: the gradebook of the course {owner!r}, not of {course_id!r}; "
            "check c.CourseDirectory.course_id and db_url in nbgrader_config.py"
        )
    if assignment.name not in owners:
        known = ", ".join(sorted(owners)) or "no assignment"
        raise GradebookError(
            f"{place}: no marks for {assignment.name} (it has {known}); run gradkit grade {assignment.name} first"
        )


def _cells(db: Session, assignment: Assignment, place: str) -> tuple[GradedCell, ...]:
    """The cells that have marks: the course's questions in their order, then nbgrader's task cells."""
    found: dict[Key, float] = {}
    tasks: list[GradedCell] = []
    for kind in (GradeCell, TaskCell):
        for notebook, name, points in db.execute(
            select(Notebook.name, kind.name, kind.max_score)
            .join(Notebook, Notebook.id == kind.notebook_id)
            .join(Entry, Entry.id == Notebook.assignment_id)
            .where(Entry.name == assignment.name)
            .order_by(Notebook.name, kind.name)
        ):
            if kind is GradeCell:
                found[notebook, name] = float(points)
            else:
                tasks.append(GradedCell(notebook, name, float(points)))
    wanted = {(question.notebook, question.grade_id): question.max_score for question in assignment.questions}
    for key in sorted(found.keys() ^ wanted.keys()) + [key for key in wanted if found.get(key) != wanted[key]]:
        raise GradebookError(
            f"{place}: {key[0]}/{key[1]} has {_points(found.get(key))} there and {_points(wanted.get(key))} in "
            f"source/{assignment.name}; run gradkit release {assignment.name} and gradkit grade {assignment.name}"
        )
    return (*(GradedCell(*key, points) for key, points in wanted.items()), *tasks)


def _points(points: float | None) -> str:
    return "no marks" if points is None else f"{points:g} marks"


def _students(
    db: Session, course: Course, assignment: Assignment, cells: tuple[GradedCell, ...]
) -> Iterator[StudentMarks]:
    graded: dict[str, dict[Key, Any]] = {}
    for row in db.execute(_of(assignment, _grades())):
        graded.setdefault(row.student_id, {})[row.notebook, row.grade_id] = row
    sums, late = _sums(db, assignment, Grade.score, Grade), _sums(db, assignment, PENALTY)
    manual = {(question.notebook, question.grade_id): question.manual for question in assignment.questions}
    for student in db.execute(select(Student.id, Student.last_name, Student.first_name, Student.email)):
        names: dict[str, Any] = {name: getattr(student, name) or "" for name in ("last_name", "first_name", "email")}
        if student.id not in sums:
            yield StudentMarks(student.id, "not handed in", (None,) * len(cells), **names, handed_in=False)
            continue
        rows = graded.get(student.id, {})
        waiting = [cell for cell in cells if _waits(rows.get((cell.notebook, cell.grade_id)))]
        state = _state(course, assignment, student.id, waiting, manual, rows)
        again = _handed_in_again(course, assignment, student.id)
        if again:
            state = f"{', '.join(again)} handed in again since it was graded: run gradkit grade {assignment.name}"
        yield StudentMarks(
            student.id,
            state,
            tuple(_score(rows.get((cell.notebook, cell.grade_id))) for cell in cells),
            late_penalty=late[student.id],
            total=None
            if waiting or again
            else max(0.0, sums[student.id] - late[student.id]),  # as nbgrader's own export
            **names,
        )


def _sums(db: Session, assignment: Assignment, column: Any, *entries: Any) -> dict[str, float]:
    """A sum for each student who handed in, by the database, as nbgrader has it; its own properties ask once a student."""
    query = (
        select(SubmittedAssignment.student_id, func.coalesce(func.sum(column), 0.0))
        .select_from(SubmittedAssignment)
        .outerjoin(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    )
    for entry in entries:
        query = query.outerjoin(entry, entry.notebook_id == SubmittedNotebook.id)
    rows = db.execute(_of(assignment, query).group_by(SubmittedAssignment.student_id))
    return {student: float(total) for student, total in rows}


def _grades() -> Any:
    return (
        select(
            SubmittedAssignment.student_id,
            Notebook.name.label("notebook"),
            BaseCell.name.label("grade_id"),
            Grade.auto_score,
            Grade.manual_score,
            Grade.score,
            Grade.needs_manual_grade,
        )
        .select_from(Grade)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(Notebook, Notebook.id == SubmittedNotebook.notebook_id)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
    )


def _of(assignment: Assignment, query: Any) -> Any:
    return query.join(Entry, Entry.id == SubmittedAssignment.assignment_id).where(Entry.name == assignment.name)


def _score(row: Any) -> float | None:
    return None if row is None or (row.auto_score is None and row.manual_score is None) else float(row.score)


def _waits(row: Any) -> bool:
    """Whether a person must look at a mark, or give one; nbgrader counts a mark that is missing as 0."""
    return bool(_score(row) is None or row.needs_manual_grade)


def _state(
    course: Course,
    assignment: Assignment,
    student: str,
    waiting: list[GradedCell],
    manual: dict[Key, bool],
    rows: dict[Key, Any],
) -> str:
    """In words: graded, or which marks a person has to give, and why the grader gave none."""
    aside = dict.fromkeys(
        cell.notebook
        for cell in waiting
        if not manual.get((cell.notebook, cell.grade_id), True)
        and _score(rows.get((cell.notebook, cell.grade_id))) is None
    )
    hand = [cell.grade_id for cell in waiting if cell.notebook not in aside]
    said = [f"set aside: {notebook}{_reason(course, assignment, student, notebook)}" for notebook in aside]
    if hand:
        said.append(f"needs manual grading: {', '.join(hand)}")
    return "; ".join(said) or "graded"


def _reason(course: Course, assignment: Assignment, student: str, notebook: str) -> str:
    """Why a notebook was set aside, as its record says it to students; "" where there is no such record."""
    path = course.state / "results" / assignment.name / student / f"{notebook}.json"
    try:
        result = from_json(path.read_text("utf-8"))
    except (OSError, ValueError, GradingError):
        return ""
    return f" ({result.message})" if result.status == "set_aside" and result.message else ""


def _handed_in_again(course: Course, assignment: Assignment, student: str) -> list[str]:
    """Notebooks whose file is another than the one that was graded."""
    records = Records(course.state / "results" / assignment.name)
    found = []
    for notebook in assignment.notebooks:
        with suppress(NotebookError):
            raw = read_submitted(course.submitted / student / assignment.name / f"{notebook}.ipynb")
            if records.has(student, notebook) and records.last(student, notebook, raw) is None:
                found.append(notebook)
    return found


def _submitted(course: Course, assignment: Assignment) -> tuple[str, ...]:
    try:
        return students_to_grade(course, assignment, None)
    except CourseError:  # nobody has, or no folder any more: then the gradebook says it all
        return ()
