"""The parts of `gradkit export`: read the gradebook or the course, make the file, write it whole, say who is not in it."""

import argparse
import errno
from pathlib import Path

from rich.console import Console

from gradkit import nbgrader_ext
from gradkit.course import CONFIG_NAME, Assignment, Course
from gradkit.errors import CourseError
from gradkit.export import autograder_zip, canvas_csv, marks_csv, read_roster
from gradkit.files import write_atomically
from gradkit.results import marks
from gradkit.sandbox.isolation import Isolation
from gradkit.sandbox.probing import Wanted

SUFFIXES = {"csv": ".csv", "canvas": ".csv", "gradescope": ".zip"}
PRIVATE = 0o600
"""Marks, and hidden tests, are for who made the file."""
MAX_ROSTER = 50 << 20


def target(arguments: argparse.Namespace) -> Path:
    """The file to write; raises CourseError where it can't be, before anything is read or graded."""
    out: Path = arguments.out
    if arguments.to != "canvas" and (arguments.roster is not None or arguments.column is not None):
        raise CourseError(f"--to {arguments.to}: --roster and --column are for --to canvas; leave them out")
    if arguments.to != "gradescope" and arguments.sandbox != "auto":
        raise CourseError(f"--to {arguments.to}: --sandbox is for --to gradescope; leave it out")
    suffix = SUFFIXES[arguments.to]
    if out.is_dir():
        raise CourseError(
            f"{out}: a folder; give the path of a file in it, as {out / f'{arguments.assignment}{suffix}'}"
        )
    if out.suffix.lower() != suffix:
        raise CourseError(f"{out}: --to {arguments.to} writes a {suffix} file; name it {out.stem}{suffix}")
    if not out.parent.is_dir():
        raise CourseError(f"{out}: there is no folder {out.parent}; make it, or give another path")
    if out.exists() and (not out.is_file() or (arguments.roster is not None and _same(out, arguments.roster))):
        raise CourseError(f"{out}: {'the roster itself' if out.is_file() else 'not a plain file'}; give another path")
    return out


def export_table(console: Console, course: Course, assignment: Assignment, out: Path) -> bool:
    """Write the table; all is well when everybody who handed in has final marks."""
    found = nbgrader_ext.read_marks(course, assignment)
    write_private(out, marks_csv(found))
    console.print(f"wrote {out}: {_number(len(found.students), 'student')}", markup=False)
    for student in found.waiting:
        console.print(f"no total for {student.student}: {student.state}", markup=False, soft_wrap=True)
    return not found.waiting


def export_canvas(
    console: Console, course: Course, assignment: Assignment, out: Path, roster: Path | None, column: str | None
) -> bool:
    """Write Canvas's file; all is well when everybody who handed in has a row."""
    known = None if roster is None else read_roster(_read(roster), str(roster))
    made = canvas_csv(nbgrader_ext.read_marks(course, assignment), known, column)
    write_private(out, made.content)
    console.print(f"wrote {out}: {_number(made.students, 'student')}", markup=False)
    for note in made.notes:
        console.print(f"note: {note}", markup=False, soft_wrap=True)
    for student, reason in made.left_out:
        console.print(f"left out {student}: {reason}", markup=False, soft_wrap=True)
    return not made.left_out


def export_autograder(console: Console, course: Course, assignment: Assignment, out: Path, sandbox: Wanted) -> bool:
    """Write the autograder, and say what has to be set in Gradescope."""
    from gradkit.grading.rules import graded_parts

    parts = list(graded_parts(assignment))
    released = {path.stem for path in assignment.release.glob("*.ipynb")}
    for name in assignment.notebooks:
        if name not in released:
            place = f"release/{assignment.name}/{name}.ipynb"
            raise CourseError(f"{place}: missing; run gradkit release {assignment.name}")
        if not assignment.test_file(name).is_file():
            raise CourseError(
                f"autograder/{assignment.name}/test_{name}.py is missing; each notebook has its hidden tests there"
            )
    config = (course.root / CONFIG_NAME).read_bytes()
    write_private(out, autograder_zip(assignment.name, config, parts, sandbox))
    automatic = sum(question.max_score for question in assignment.questions if not question.manual)
    manual = [question for question in assignment.questions if question.manual]
    console.print(f"wrote {out}: keep it from students, the hidden tests are in it", markup=False)
    console.print(f"in Gradescope, Autograder points: {marks(automatic)}", markup=False)
    if manual:
        listed = ", ".join(f"{question.grade_id} ({marks(question.max_score)})" for question in manual)
        console.print(
            f"in Gradescope, Enable manual grading, and a question for each of: {listed}", markup=False, soft_wrap=True
        )
    if sandbox == "none":
        console.print(f"--sandbox none: {Isolation('none').means}", style="bold red", markup=False, soft_wrap=True)
    return True


def write_private(out: Path, content: bytes) -> None:
    """Write the file whole, for its owner alone; raises CourseError with the next step where that can't be."""
    try:
        write_atomically(out, content, PRIVATE)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        step = "make room" if full else "check the permissions of its folder"
        raise CourseError(f"{out}: can't be written ({error.strerror}); {step}, or give another path") from error


def _read(roster: Path) -> bytes:
    if roster.exists() and not roster.is_file():
        raise CourseError(f"{roster}: not a plain file; give the file that Canvas exports")
    try:
        with roster.open("rb") as file:
            raw = file.read(MAX_ROSTER + 1)
    except OSError as error:
        raise CourseError(
            f"{roster}: the roster can't be read ({error.strerror}); give the file that Canvas exports"
        ) from error
    if len(raw) > MAX_ROSTER:
        raise CourseError(
            f"{roster}: more than {MAX_ROSTER >> 20} MB; give the CSV file that Canvas's gradebook exports"
        )
    return raw


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.samefile(other)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
