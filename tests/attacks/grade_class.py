"""Grades the class of a course twice, without attacks and with them, and writes what came of it as one JSON report.

A program of its own, so that what reaches the grader is found: its arguments are the course, the report, the seed,
"with pages" or not, and the students without attacks.
"""

import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from machine import Watch, memory_mb
from nbgrader.api import Gradebook
from rich.console import Console

from gradkit.cli import show
from gradkit.course import Assignment, Course, open_course
from gradkit.grading import Grader, with_grader
from gradkit.nbgrader_ext import ClassResult, StudentResult, grade_assignment


def main() -> None:
    """Both classes, then the gradebook and what a TA sees."""
    root, report, (seed, pages, *bystanders) = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    course = open_course(root)
    assignment = course.assignment("quiz8")
    started = time.monotonic()
    found = with_grader(
        assignment,
        lambda grader: _grade_both(_Class(course, assignment, grader, seed), bystanders, pages == "with pages"),
    )
    found["gradebook"] = _gradebook(root)
    found["seconds"]["all"] = time.monotonic() - started
    report.write_text(json.dumps(found), "utf-8")


@dataclass(frozen=True)
class _Class:
    course: Course
    assignment: Assignment
    grader: Grader
    seed: str

    def grade(self, **options: Any) -> ClassResult:
        return grade_assignment(
            self.course, self.assignment, seed=self.seed,
            grade=lambda _, notebook, raw: self.grader.grade(notebook, raw, self.seed), **options,
        )  # fmt: skip


def _grade_both(group: _Class, bystanders: list[str], pages: bool) -> dict[str, Any]:
    course, started = group.course, time.monotonic()
    alone = {
        student.student: _describe(course, student)
        for student in group.grade(students=bystanders, feedback=False).students
    }
    for name in ("autograded", "feedback", ".gradkit/results"):
        shutil.rmtree(course.root / name, ignore_errors=True)
    for path in course.root.glob("gradebook.db*"):
        path.unlink()
    watch = Watch(course.root, [Path(tempfile.gettempdir()), Path.home()])
    students: dict[str, Any] = {}
    last = time.monotonic()

    def look(done: int, total: int, result: StudentResult) -> None:
        nonlocal last
        seconds = time.monotonic() - last
        left = watch.leftovers()
        graded = {path.name for path in (course.root / "autograded").iterdir()}
        left += [f"autograded for {name}" for name in sorted(graded - {*students, result.student})]
        students[result.student] = {
            **_describe(course, result),
            "seconds": seconds,
            "left": left,
            "memory": memory_mb(),
        }
        last = time.monotonic()

    begun = last
    result = group.grade(progress=look, feedback=pages)
    return {
        "pages": pages,
        "alone": alone,
        "students": students,
        "listed": [student.student for student in result.students],
        "shown": _shown(group.assignment, result),
        "feedback_problem": result.feedback_problem,
        "left": watch.leftovers(),
        "seconds": {"alone": begun - started, "students": last - begun, "pages": time.monotonic() - last},
    }


def _describe(course: Course, result: StudentResult) -> dict[str, Any]:
    folder = course.state / "results/quiz8" / result.student
    records = {
        found.notebook: json.loads((folder / f"{found.notebook}.json").read_text("utf-8")) for found in result.results
    }
    return {"records": records, "notes": list(result.notes), "not_handed_in": list(result.not_handed_in)}


def _shown(assignment: Assignment, graded: ClassResult) -> str:
    """The table of the class, as `gradkit grade` prints it."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        show.show_class(Console(file=file, highlight=False, width=400), graded, assignment.questions)
        file.seek(0)
        return file.read()


def _gradebook(root: Path) -> dict[str, Any]:
    with sqlite3.connect(root / "gradebook.db") as database:
        integrity = [row[0] for row in database.execute("PRAGMA integrity_check")]
    database.close()
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        marks = {
            submission.student.id: {notebook.name: notebook.code_score for notebook in submission.notebooks}
            for submission in gradebook.assignment_submissions("quiz8")
        }
    return {"integrity": integrity, "marks": marks}


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
