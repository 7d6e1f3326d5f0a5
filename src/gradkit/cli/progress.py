"""How far a class is: a line that moves on a terminal, JSON lines for programs, nothing elsewhere."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from gradkit.cli.consoles import moving, shown

if TYPE_CHECKING:  # nbgrader takes two seconds to import, and not every command needs it
    from gradkit.nbgrader_ext import ClassResult, StudentResult
    from gradkit.results import NotebookResult

Tell = Callable[[int, int, "StudentResult"], None]


@contextmanager
def bar(console: Console) -> Iterator[Tell]:
    """A bar with the rate and the time that is left, while students are graded; on a terminal alone."""
    columns = (
        TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True), TextColumn("[dim]{task.description}"),
    )  # fmt: skip
    started = time.monotonic()
    with Progress(*columns, console=console, transient=True, disable=not moving(console)) as progress:
        task = progress.add_task("", total=None, rate="")

        def tell(done: int, total: int, student: "StudentResult") -> None:
            rate = done / max(time.monotonic() - started, 1e-3)
            progress.update(
                task, completed=done, total=total, rate=f"{rate:.1f}/s", description=shown(student.student[:40])
            )

        yield tell


@contextmanager
def json_lines(out: TextIO) -> Iterator[Tell]:
    """One JSON object for each student, on a line of its own, as soon as the marks stand in the gradebook."""

    def tell(done: int, total: int, student: "StudentResult") -> None:
        _write(out, {
            "event": "student", "done": done, "total": total, "student": student.student, "score": student.score,
            "unchanged": student.reused, "not_handed_in": list(student.not_handed_in), "notes": list(student.notes),
            "notebooks": [_notebook(result) for result in student.results],
        })  # fmt: skip

    yield tell


def json_end(out: TextIO, graded: "ClassResult") -> None:
    """The last line: how it went as a whole."""
    _write(out, {
        "event": "end", "assignment": graded.assignment, "students": len(graded.students), "unchanged": graded.reused,
        "set_aside": [{"student": student, "notebook": name, "reason": why} for student, name, why in graded.set_aside],
        "changes": [
            {"student": found.student, "notebook": found.notebook, "before": found.before, "after": found.after}
            for found in graded.changes
        ],
        "feedback_problem": graded.feedback_problem, "isolation": graded.isolation, "seconds": round(graded.seconds, 3),
    })  # fmt: skip


def _notebook(result: "NotebookResult") -> dict[str, Any]:
    return {
        "notebook": result.notebook, "status": result.status, "score": result.score, "max_score": result.max_score,
        "message": result.message, "seed": result.seed,
        "questions": [
            {
                "grade_id": question.grade_id, "score": question.score, "max_score": question.max_score,
                "diagnoses": [found.bug for found in question.diagnoses],
            }
            for question in result.questions
        ],
    }  # fmt: skip


def _write(out: TextIO, line: dict[str, Any]) -> None:
    out.write(json.dumps(line) + "\n")
    out.flush()
