"""Results as text that a person likes to read; colours only where the output is a terminal."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from gradkit.course import Question
from gradkit.results import CheckResult, NotebookResult, QuestionResult

if TYPE_CHECKING:  # nbgrader takes two seconds to import, and not every command needs it
    from gradkit.nbgrader_ext import ClassResult, StudentResult

_STYLE = {"passed": "green", "failed": "red", "timed_out": "red", "error": "magenta", "not_run": "yellow"}
_WORD = {"passed": "ok", "failed": "wrong", "timed_out": "too long", "error": "not judged", "not_run": "not run"}


def show_result(console: Console, result: NotebookResult) -> None:
    """One notebook: each question with its marks, each check that fell short with its message."""
    console.print(f"[bold]{escape(result.assignment)}/{escape(result.notebook)}[/bold]", end="  ")
    if result.status == "set_aside":
        console.print("[magenta]set aside: no marks given[/magenta]")
        console.print(Padding(escape(result.message or ""), (0, 0, 0, 2), expand=False))
        return
    console.print(f"{marks(result.score)} of {marks(result.max_score)}")
    if result.message:
        console.print(Padding(f"[yellow]{escape(result.message)}[/yellow]", (0, 0, 0, 2), expand=False))
    for question in result.questions:
        _show_question(console, question)
    if result.needs_manual_grade:
        console.print(f"  [dim]marked by hand: {escape(', '.join(result.needs_manual_grade))}[/dim]")
    console.print(f"  [dim]seed {escape(result.seed)} (the same inputs again: --seed)[/dim]")


def _show_question(console: Console, question: QuestionResult) -> None:
    full = question.score == question.max_score
    style = "green" if full else "red"
    passed = sum(check.status == "passed" for check in question.checks)
    console.print(
        f"  [{style}]{marks(question.score)} of {marks(question.max_score)}[/{style}]  [bold]{escape(question.grade_id)}[/bold]"
        f"  [dim]{passed} of {len(question.checks)} checks passed[/dim]"
    )
    for message, checks in _by_message(question).items():
        for check in checks if len(checks) < len(question.checks) else ():
            style = _STYLE[check.status]
            lost = f"[dim](-{marks(check.max_points)})[/dim]"
            console.print(
                Padding(
                    f"[{style}]{_WORD[check.status]}[/{style}]  {escape(check.title)} {lost}",
                    (0, 0, 0, 6),
                    expand=False,
                )
            )
        console.print(Padding(escape(message), (0, 0, 0, 8), expand=False))
    for diagnosis in question.diagnoses:
        console.print(
            Padding(
                f"[bold]{escape(diagnosis.title)}[/bold]: {escape(diagnosis.evidence)}\n{escape(diagnosis.hint)}",
                (0, 0, 0, 8),
                expand=False,
            )
        )


def _by_message(question: QuestionResult) -> dict[str, list[CheckResult]]:
    """The checks that fell short, under what they say: one reason is told once, however many checks it cost."""
    found: dict[str, list[CheckResult]] = {}
    for check in question.checks:
        if check.status != "passed":
            found.setdefault(check.message, []).append(check)
    return found


def show_class(console: Console, graded: "ClassResult", questions: Iterable[Question]) -> None:
    """A class: one row a student, one column a question decided by hidden tests, and what went wrong first."""
    decided = [question for question in questions if not question.manual]
    table = Table(pad_edge=False, box=box.SIMPLE_HEAD, header_style="bold")
    table.add_column("student", overflow="fold", max_width=34)
    for question in decided:
        table.add_column(
            f"{question.grade_id.replace('_', ' ')} / {marks(question.max_score)}", justify="right", max_width=9
        )
    table.add_column(f"total / {marks(sum(question.max_score for question in decided))}", justify="right", max_width=5)
    wide = console.width >= 120
    if wide:
        table.add_column("what went wrong", overflow="fold")
    reasons: list[str] = []
    for student in graded.students:
        results = {result.notebook: result for result in student.results}
        cells = [_marks_of(results.get(question.notebook), question) for question in decided]
        total = f"[bold]{marks(student.score)}[/bold]"
        trouble = escape(_first_trouble(student))
        table.add_row(escape(student.student), *cells, total, *([trouble] if wide else []))
        if trouble and not wide:
            reasons.append(f"[bold]{escape(student.student)}[/bold]  {trouble}")
    console.print(table)
    for reason in reasons:
        console.print(reason)
    for name, notebook, reason in graded.set_aside:
        console.print(f"set aside: {name}, {notebook}: {reason}", style="magenta", markup=False)
    if graded.feedback_problem:
        console.print(f"feedback pages are missing: {graded.feedback_problem}", style="magenta", markup=False)


def _marks_of(result: NotebookResult | None, question: Question) -> str:
    if result is None:
        return "[dim]-[/dim]"
    found = result.question(question.grade_id)
    if result.status == "set_aside" or found is None:
        return "[magenta]?[/magenta]"
    style = "green" if found.score == found.max_score else "red" if found.score == 0 else "yellow"
    return f"[{style}]{marks(found.score)}[/{style}]"


def _first_trouble(student: "StudentResult") -> str:
    for notebook, reason in student.set_aside:
        return f"{notebook} is set aside: {_shortened(reason)}"
    for result in student.results:
        if result.message:
            return f"{result.notebook}: {_shortened(result.message)}"
    for result in student.results:
        for question in result.questions:
            for check in question.checks:
                if check.status != "passed":
                    return f"{question.grade_id}: {_shortened(check.message)}"
    return f"not handed in: {', '.join(student.not_handed_in)}" if student.not_handed_in else ""


def _shortened(message: str, limit: int = 140) -> str:
    return message if len(message) <= limit else f"{message[: limit - 1].rsplit(' ', 1)[0]} …"


def progress(console: Console) -> Callable[[int, int, "StudentResult"], None]:
    """Tells how far a class is: a line that moves on a terminal, nothing elsewhere."""

    def tell(done: int, total: int, student: "StudentResult") -> None:
        if console.is_terminal:
            console.print(
                f"\r{done} of {total}  {student.student[:40]:<40}", end="" if done < total else "\n", markup=False
            )

    return tell


def marks(value: float) -> str:
    """Marks as a person writes them: at most two decimals, no trailing zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
