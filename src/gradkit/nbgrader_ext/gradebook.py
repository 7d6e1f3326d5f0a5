"""Results in, rows of nbgrader's gradebook out: what `nbgrader generate_assignment` and `autograde` would have written."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from sqlalchemy import create_engine, make_url, text
from traitlets.config import Config

from gradkit.course import Assignment, Course
from gradkit.errors import GradebookError
from gradkit.files import PARTIAL, remove_partial
from gradkit.nbgrader_ext.configuration import load_config
from gradkit.nbgrader_ext.databases import (
    NO_COURSE,
    POSTGRESQL,
    REFUSALS,
    begin_turn,
    hold_marks,
    make_on_server,
    make_tables,
    place_of,
    refusal,
    require_known,
    whole_turn,
)
from gradkit.nbgrader_ext.first_marks import AutomaticMarks, enter_first_marks
from gradkit.nbgrader_ext.outline import Outline, require_sound
from gradkit.nbgrader_ext.quiet import quiet
from gradkit.notebook import grade_id_of, is_anchor, read_notebook
from gradkit.results import NotebookResult


@contextmanager
def open_gradebook(course: Course, config: Config | None = None) -> Iterator[Gradebook]:
    """The gradebook that the course's nbgrader_config.py names, by default gradebook.db in the course folder.

    Whatever the database refuses inside the block becomes a GradebookError.
    """
    with gradebook_of(CourseDirectory(config=config or load_config(course))) as gradebook:
        yield gradebook


@contextmanager
def gradebook_of(directory: CourseDirectory) -> Iterator[Gradebook]:
    """As `open_gradebook`, for a course that nbgrader has found."""
    with quiet():
        require_known(directory.db_url)
        try:
            _make(directory.db_url, directory.course_id)
            _require_own(directory.db_url, directory.course_id)
            with Gradebook(directory.db_url, directory.course_id) as gradebook:
                yield gradebook
        except REFUSALS as error:
            raise GradebookError(refusal(directory.db_url, error)) from error


@contextmanager
def one_transaction(gradebook: Gradebook) -> Iterator[Callable[[], None]]:
    """Gives a function that ends the transaction; inside the block nbgrader's own commits only send what they have."""
    commit, gradebook.db.commit = gradebook.db.commit, gradebook.db.flush
    try:
        yield commit
        commit()
    finally:
        gradebook.db.commit = commit


def _make(url: str, course_id: str) -> None:
    """Make a gradebook that is not there yet, whole or not at all: nbgrader can't mend one that lacks tables."""
    place = make_url(url)
    if place.get_backend_name() == POSTGRESQL:
        make_on_server(url, course_id)
    path = Path(place.database or "")
    if place.get_backend_name() != "sqlite" or not path.is_absolute():
        return
    path = path.resolve()
    remove_partial(path.parent, f".{path.name}.*")
    if path.exists() and path.stat().st_size:
        return
    partial = path.with_name(f".{path.name}.{os.getpid()}{PARTIAL}")
    try:
        engine = create_engine(f"sqlite:///{partial}")
        with engine.begin() as connection:
            make_tables(connection)
        engine.dispose()
        Gradebook(f"sqlite:///{partial}", course_id).close()
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _require_own(url: str, course_id: str) -> None:
    """Refuse a file that is another course's gradebook; a database server may hold several courses."""
    if make_url(url).get_backend_name() != "sqlite":
        return
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            there = set(connection.execute(text("SELECT id FROM course")).scalars()) - {NO_COURSE}
    finally:
        engine.dispose()
    if there and course_id not in there:
        raise GradebookError(
            f'{place_of(url)}: the gradebook is that of the course "{min(there)}", and nbgrader_config.py says '
            f'"{course_id}"; move the file away, or mend c.CourseDirectory.course_id'
        )


def ensure_assignment(gradebook: Gradebook, assignment: Assignment) -> None:
    """Enter the assignment, its notebooks and cells as generated in `release/`; does nothing where they stand already.

    Raises GradebookError when the release's cells are not those of the submissions that the gradebook holds.
    """
    _require_writable(gradebook)
    with whole_turn(gradebook.engine):
        _ensure(gradebook, assignment)


def _ensure(gradebook: Gradebook, assignment: Assignment) -> None:
    gradebook.update_or_create_assignment(assignment.name)
    names = {path.stem for path in assignment.release.glob("*.ipynb")}
    if not names:
        raise GradebookError(f"release/{assignment.name}: no notebook here; run gradkit release {assignment.name}")
    entry = gradebook.find_assignment(assignment.name)
    if extra := {notebook.name for notebook in entry.notebooks} - names:
        if entry.submissions:
            raise GradebookError(_in_the_way(assignment, min(extra), len(entry.submissions)))
        for name in extra:
            gradebook.remove_notebook(name, assignment.name)
    for name in sorted(names):
        released = read_notebook((assignment.release / f"{name}.ipynb").read_bytes())
        if not _is_entered(gradebook, assignment.name, name, released):
            _enter(gradebook, assignment, name, released)
    gradebook.db.commit()


def _require_writable(gradebook: Gradebook) -> None:
    """Ask for SQLite's lock and give it back: a file that can't be written says so now, and nothing was."""
    if gradebook.engine.dialect.name == "sqlite":
        path = Path(gradebook.engine.url.database or "")
        if path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):  # SQLite would not say
            raise GradebookError(refusal(f"sqlite:///{path}", PermissionError("readonly")))
        gradebook.db.connection().exec_driver_sql("BEGIN IMMEDIATE")
        gradebook.db.rollback()


def _is_entered(gradebook: Gradebook, assignment: str, name: str, released: NotebookNode) -> bool:
    try:
        entry = gradebook.find_notebook(name, assignment)
    except MissingEntry:
        return False
    cells = [cell for cell in released.cells if is_anchor(cell)]
    marks = [(grade_id_of(cell), cell.metadata.nbgrader) for cell in cells]
    return (
        {cell.name: (cell.source, cell.checksum) for cell in entry.source_cells}
        == {grade_id_of(cell): (cell.source, cell.metadata.nbgrader.get("checksum")) for cell in cells}
        and {cell.name: cell.max_score for cell in entry.grade_cells}
        == {name: mark["points"] for name, mark in marks if mark["grade"]}
        and {cell.name for cell in entry.solution_cells} == {name for name, mark in marks if mark["solution"]}
    )


def _enter(gradebook: Gradebook, assignment: Assignment, name: str, released: NotebookNode) -> None:
    url = gradebook.engine.url.render_as_string(hide_password=False)
    resources = {"nbgrader": {"notebook": name, "assignment": assignment.name, "db_url": url}}
    gradebook.db.commit()
    try:
        SaveCells().preprocess(released, resources)
    except RuntimeError as error:  # nbgrader's word for "submissions exist and the cells are not the same"
        count = len(gradebook.find_assignment(assignment.name).submissions)
        raise GradebookError(_in_the_way(assignment, name, count)) from error
    gradebook.db.expire_all()


def _in_the_way(assignment: Assignment, name: str, count: int) -> str:
    return (
        f"gradebook: {assignment.name}/{name} has other graded cells than release/{assignment.name}, and {count} submissions "
        "were graded by them; restore the old release, or move gradebook.db away and grade again"
    )


def record_submission(
    gradebook: Gradebook,
    assignment: Assignment,
    student: str,
    timestamp: datetime | None,
    results: Mapping[str, NotebookResult],
    outlines: Mapping[str, Outline],
    late: AssignLatePenalties | None = None,
) -> None:
    """Write one student's marks, as nbgrader's SaveAutoGrades would.

    A question's automatic score is its result's. A written answer gets 0 when it is unchanged, else it waits for a person.
    A notebook that was set aside has no automatic score and waits for a person; one that is not in `results` was not handed
    in and has 0. Marks given by hand stay, win, and are flagged for another look. Raises GradingError, before anything is
    written, when a score is not a finite number between 0 and the question's points, or a question has none.
    """
    for name, result in results.items():
        require_sound(result, outlines[name])
    begin_turn(gradebook)
    stamp: dict[str, Any] = {} if timestamp is None else {"timestamp": timestamp}
    try:
        if enter_first_marks(gradebook, assignment.name, student, timestamp, results, outlines):
            gradebook.db.commit()
            return
        gradebook.update_or_create_student(student)
        with gradebook.db.no_autoflush:  # or each look at the assignment's cells sends one row
            submission = gradebook.update_or_create_submission(assignment.name, student, **stamp)
        hold_marks(gradebook, submission)
        for notebook in submission.notebooks:
            _record_notebook(notebook, results.get(notebook.name), outlines.get(notebook.name))
        gradebook.db.flush()
        for notebook in submission.notebooks:
            gradebook.db.refresh(notebook, ["score"])
            notebook.late_submission_penalty = _penalty(late, student, submission, notebook)
        gradebook.db.commit()
    except BaseException:
        gradebook.db.rollback()
        raise


def record_notebook(
    gradebook: Gradebook, assignment: str, student: str, result: NotebookResult, outline: Outline
) -> None:
    """Write the marks of one notebook of a submission that the gradebook knows; as `record_submission` in all else."""
    require_sound(result, outline)
    begin_turn(gradebook)
    entry = gradebook.find_submission_notebook(result.notebook, assignment, student)
    hold_marks(gradebook, entry.assignment)
    _record_notebook(entry, result, outline)
    gradebook.db.commit()


def take_back_marks(gradebook: Gradebook, assignment: str, student: str, notebooks: Sequence[str]) -> None:
    """Take back automatic marks and penalties of some notebooks, where the student has any, and list them for a person."""
    begin_turn(gradebook)
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return
    hold_marks(gradebook, submission)
    for notebook in submission.notebooks:
        if notebook.name in notebooks:
            notebook.late_submission_penalty = None
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = None, True
    gradebook.db.commit()


def _record_notebook(entry: SubmittedNotebook, result: NotebookResult | None, outline: Outline | None) -> None:
    manual = frozenset(cell.name for cell in entry.notebook.solution_cells)
    marks = AutomaticMarks(result, outline, manual, frozenset(cell.name for cell in entry.notebook.task_cells))
    for grade in entry.grades:
        if result is None or grade.cell.name not in marks.tasks:
            grade.auto_score = marks.score(grade.cell.name)
        flagged = result is not None and grade.manual_score is not None
        grade.needs_manual_grade = flagged or grade.auto_score is None
    for comment in entry.comments:
        comment.auto_comment = marks.comment(comment.cell.name)


def late_penalties(config: Config) -> AssignLatePenalties:
    """The late-submission plugin that the course's config names."""
    late = AssignLatePenalties(config=config)
    late.init_plugin()
    return late


def _penalty(
    late: AssignLatePenalties | None, student: str, submission: Any, notebook: SubmittedNotebook
) -> float | None:
    seconds = submission.total_seconds_late
    if late is None or not seconds > 0:
        return None
    penalty = late.plugin_inst.late_submission_penalty(student, notebook.score, seconds)
    return None if penalty is None else min(max(float(penalty), 0.0), float(notebook.score))
