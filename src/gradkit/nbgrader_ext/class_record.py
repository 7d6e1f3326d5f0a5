"""All that is kept of a class and an assignment in; one plain record for a report out. Nothing is written."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from gradkit.course import Assignment, Course
from gradkit.errors import CourseError, GradebookError, GradingError
from gradkit.nbgrader_ext.marks import read_marks
from gradkit.nbgrader_ext.runs import Runs
from gradkit.nbgrader_ext.submissions import students_to_grade
from gradkit.results import (
    CheckResult,
    ClassMarks,
    ClassRecord,
    Diagnosis,
    NotebookResult,
    QuestionResult,
    StudentRecord,
    from_json,
)


def read_class(course: Course, assignment: Assignment) -> ClassRecord:
    """What is known of the class; a record or a gradebook that can't be read is named in it.

    Raises GradingError where nothing was graded yet, and while a grading run is at work.
    """
    folder = course.state / "results" / assignment.name
    runs, unreadable = Runs(course, assignment), list[tuple[str, str]]()
    names = sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    read = (_student(course, assignment, folder, name, runs, unreadable) for name in names)
    students = tuple(student for student in read if student is not None)
    if not students and not unreadable:
        raise GradingError(
            f"submitted/: nothing of {assignment.name} was graded yet; run gradkit grade {assignment.name} first"
        )
    marks, problem = _marks(course, assignment)
    known = {student.student for student in students}
    if marks is None:
        states = [
            (name, f"not graded yet: run gradkit grade {assignment.name}") for name in _submitted(course, assignment)
        ]
        waiting: list[tuple[str, str]] = []
    else:
        states = [(one.student, one.state) for one in marks.students]
        waiting = [(one.student, one.state) for one in marks.waiting if one.student in known]
    ungraded = tuple((name, state) for name, state in states if name not in known)
    return ClassRecord(
        assignment.name, students, ungraded, tuple(waiting), tuple(unreadable), marks, problem, runs.last()
    )


def _student(
    course: Course, assignment: Assignment, folder: Path, student: str, runs: Runs, unreadable: list[tuple[str, str]]
) -> StudentRecord | None:
    run = runs.student(student)
    results, broken = [], False
    for name in assignment.notebooks:
        path = folder / student / f"{name}.json"
        if name in run.not_handed_in or not path.is_file():
            continue
        try:
            results.append(_brief(from_json(path.read_text("utf-8"))))
        except (OSError, ValueError, GradingError) as error:
            unreadable.append((path.relative_to(course.root).as_posix(), _reason(error)))
            broken = True
    if not results and (broken or not run.not_handed_in):
        return None
    there = {result.notebook for result in results}
    notes = [f"{name}: {note}" for name, found in run.notebooks.items() if name in there for note in found.notes]
    missing = tuple(name for name in assignment.notebooks if not broken and name not in there)
    return StudentRecord(
        student, tuple(results), missing, (*run.notes, *notes), runs.changes(student, run), run.judged, run.seconds
    )


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"it can't be read ({error.strerror})"
    return str(error) if isinstance(error, GradingError) else f"it is no text ({type(error).__name__}); grade again"


def _marks(course: Course, assignment: Assignment) -> tuple[ClassMarks | None, str]:
    try:
        return read_marks(course, assignment), ""
    except GradebookError as error:
        return None, str(error)


def _submitted(course: Course, assignment: Assignment) -> tuple[str, ...]:
    try:
        return students_to_grade(course, assignment, None)
    except CourseError:  # nobody has, or no folder any more
        return ()


def _brief(result: NotebookResult) -> NotebookResult:
    """The result without what fills memory and no report shows: pictures, code, evidence, all messages but the first."""
    return replace(result, questions=tuple(map(_brief_question, result.questions)))


def _brief_question(question: QuestionResult) -> QuestionResult:
    return replace(
        question,
        grade_id=_one(question.grade_id),
        checks=tuple(_brief_checks(question)),
        diagnoses=tuple(
            Diagnosis(_one(found.bug), _one(found.title), _one(found.hint), "") for found in question.diagnoses
        ),
    )


def _brief_checks(question: QuestionResult) -> Iterator[CheckResult]:
    told = bool(question.diagnoses)
    for check in question.checks:
        message = "" if told or check.status == "passed" else check.message
        told = told or bool(message)
        yield replace(check, id=_one(check.id), title=_one(check.title), message=message, again="", picture=None)


@cache
def _one(text: str) -> str:
    return text
