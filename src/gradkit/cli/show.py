"""Results as text that a person likes to read; colours only where the output is a terminal."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import Progress
from rich.table import Table

from gradkit.course import Question
from gradkit.results import CheckResult, NotebookResult, QuestionResult, marks

if TYPE_CHECKING:  # nbgrader takes two seconds to import, and not every command needs it
    from gradkit.nbgrader_ext import ClassResult, StudentResult
    from gradkit.sandbox.advice import Cause
    from gradkit.sandbox.probing import Finding
    from gradkit.verify import Proof

_STYLE = {"passed": "green", "failed": "red", "timed_out": "red", "error": "magenta", "not_run": "yellow"}
_WORD = {"passed": "ok", "failed": "wrong", "timed_out": "too long", "error": "not judged", "not_run": "not run"}


def show_result(console: Console, result: NotebookResult) -> None:
    """One notebook: each question with its marks, each check that fell short with its message."""
    console.print(f"[bold]{escape(result.assignment)}/{escape(result.notebook)}[/bold]", end="  ")
    if result.status == "set_aside":
        console.print("[magenta]set aside: no marks given[/magenta]")
        console.print(Padding(escape(result.reason), (0, 0, 0, 2), expand=False))
        _show_tier(console, result.isolation, indent="  ")
        return
    console.print(f"{marks(result.score)} of {marks(result.max_score)}")
    if result.message:
        console.print(Padding(f"[yellow]{escape(result.message)}[/yellow]", (0, 0, 0, 2), expand=False))
    if result.detail:
        console.print(Padding(f"[magenta]{escape(result.detail)}[/magenta]", (0, 0, 0, 2), expand=False))
    for question in result.questions:
        _show_question(console, question)
    if result.needs_manual_grade:
        console.print(f"  [dim]marked by hand: {escape(', '.join(result.needs_manual_grade))}[/dim]")
    console.print(f"  [dim]seed {escape(result.seed)} (the same inputs again: --seed)[/dim]")
    _show_tier(console, result.isolation, indent="  ")


def _show_tier(console: Console, isolation: str, indent: str = "") -> None:
    """How student code was isolated; in red where it was not."""
    if isolation == "none":
        console.print(f"{indent}[bold red]not isolated: this verdict can be forged (--sandbox none)[/bold red]")
    elif isolation:
        console.print(f"{indent}[dim]isolation tier {escape(isolation)}[/dim]")


def show_isolation(console: Console, findings: Sequence["Finding"], causes: Sequence["Cause"]) -> None:
    """What this machine can isolate: the strongest way that holds, and why stronger ones don't."""
    best = next((found for found in findings if found.holds), None)
    if best is None:
        console.print("isolation  [bold red]tier C: none, so nothing is graded[/bold red]")
    else:
        console.print(f"isolation  [bold green]tier {best.isolation.tier}[/bold green]: {escape(best.isolation.means)}")
        console.print("           [dim]tried inside it, and refused:[/dim]")
        for name in best.possible:
            console.print(f"           [green]ok[/green]  {escape(name)}")
    for found in findings[: findings.index(best) if best is not None else None]:
        way = f"tier {found.isolation.tier}{_starter(found)}: {found.problem}"
        console.print(Padding(f"[yellow]not[/yellow] {escape(way)}", (0, 0, 0, 11), expand=False))
    for cause in causes if best is None or best.isolation.tier != "A" else ():
        console.print(Padding(f"[yellow]because[/yellow] {escape(cause.fact)}", (0, 0, 0, 11), expand=False))
        console.print(Padding(escape(cause.step), (0, 0, 0, 19), expand=False))


def _starter(found: "Finding") -> str:
    if not found.isolation.bwrap:
        return ""
    return f" by {found.isolation.bwrap}{', mounted by root' if found.isolation.as_root else ''}"


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
    if question.condition:
        console.print(Padding(escape(question.condition), (0, 0, 0, 6), expand=False))
    for diagnosis in question.diagnoses:
        console.print(Padding(f"[bold]likely mistake: {escape(diagnosis.title)}[/bold]", (0, 0, 0, 6), expand=False))
        for text in (diagnosis.evidence, *diagnosis.hint.split("\n\n")):
            console.print(Padding(escape(" ".join(text.split())), (0, 0, 0, 8), expand=False))


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
    _show_changes(console, graded)
    if graded.feedback_problem:
        console.print(f"feedback pages are missing: {graded.feedback_problem}", style="magenta", markup=False)
    _show_time(console, graded)
    _show_tier(console, graded.isolation)


def _show_time(console: Console, graded: "ClassResult") -> None:
    done = len(graded.students) - graded.reused
    rate = f", {done / graded.seconds:.1f} a second" if done > 1 and graded.seconds else ""
    unchanged = f"; {graded.reused} unchanged" if graded.reused else ""
    console.print(f"[dim]{done} graded in {graded.seconds:.1f} s{rate}{unchanged}[/dim]")


def _show_changes(console: Console, graded: "ClassResult") -> None:
    """Whose marks are others than in the last run, for the same file."""
    if not graded.changes:
        return
    table = Table(pad_edge=False, box=box.SIMPLE_HEAD, header_style="bold", title="other marks for the same work")
    for name in ("student", "notebook"):
        table.add_column(name, overflow="fold")
    for name in ("before", "now", "by"):
        table.add_column(name, justify="right")
    for change in sorted(graded.changes, key=lambda change: (change.student, change.notebook)):
        by = (change.after or 0.0) - (change.before or 0.0)
        table.add_row(
            escape(change.student), escape(change.notebook), *map(_marks_or_none, (change.before, change.after)),
            f"[{'green' if by > 0 else 'red'}]{'+' if by > 0 else '-'}{marks(abs(by))}[/]",
        )  # fmt: skip
    console.print(table)


def _marks_or_none(score: float | None) -> str:
    return "?" if score is None else marks(score)


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
            if question.diagnoses:
                return f"{question.grade_id}: {'; '.join(found.title for found in question.diagnoses)}"
            for check in question.checks:
                if check.status != "passed":
                    return f"{question.grade_id}: {_shortened(check.message)}"
    return f"not handed in: {', '.join(student.not_handed_in)}" if student.not_handed_in else ""


def _shortened(message: str, limit: int = 140) -> str:
    return message if len(message) <= limit else f"{message[: limit - 1].rsplit(' ', 1)[0]} …"


@contextmanager
def steps(console: Console) -> Iterator[Callable[[int, int], None]]:
    """Shows how much of some work is done, on a terminal alone."""
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("proving", total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)


def show_proof(console: Console, proof: "Proof") -> None:
    """A proof: one row a question, then false failures, what falls short, and the mutants that survived."""
    table = Table(
        pad_edge=False, box=box.SIMPLE_HEAD, header_style="bold", title=proof.assignment, title_justify="left"
    )
    table.add_column("question")
    for name in ("solution", "release", "bugs failed", "bugs named", "right styles", "mutants killed"):
        table.add_column(name, justify="right")
    for name, _, _ in proof.questions:
        table.add_row(escape(name), *_proof_row(proof, name))
    console.print(table)
    for notebook in dict.fromkeys(notebook for _, notebook, _ in proof.questions):
        console.print(f"{notebook}: {_false_failures(proof, notebook)}", markup=False)
    for survivor in proof.survivors:
        console.print(
            f"\nmutant survives: {survivor.question}, {survivor.mutant.operator}", markup=False, style="yellow"
        )
        console.print(Padding(escape(survivor.mutant.diff.rstrip()), (0, 0, 0, 2), expand=False))
    for shortfall in proof.shortfalls:
        console.print(f"falls short: {shortfall}", markup=False, style="red")
    if not proof.shortfalls:
        console.print(f"\n{proof.assignment}: proven", markup=False, style="green")


def _proof_row(proof: "Proof", name: str) -> list[str]:
    bugs = [bug for bug in proof.bugs if bug.question == name]
    styles = [style for style in proof.styles if style.question == name]
    mutants = [mutant for mutant in proof.mutants if mutant.question == name]
    return [
        *(_proof_marks(results, name, full=full) for results, full in ((proof.solution, True), (proof.release, False))),
        _part([bool(bug.failed) for bug in bugs]),
        _part([bug.named == (bug.name,) for bug in bugs]),
        _part([not style.lost for style in styles]),
        _part([mutant.killed for mutant in mutants], needed=False),
    ]


def _proof_marks(results: Iterable[NotebookResult], name: str, *, full: bool) -> str:
    found = next((question for result in results if (question := result.question(name))), None)
    if found is None:
        return "[red]?[/red]"
    style = "green" if found.score == (found.max_score if full else 0.0) else "red"
    return f"[{style}]{marks(found.score)} of {marks(found.max_score)}[/{style}]"


def _part(held: list[bool], *, needed: bool = True) -> str:
    if not held:
        return "[dim]none[/dim]"
    style = "green" if all(held) else "red" if needed else "yellow"
    return f"[{style}]{sum(held)} of {len(held)}[/{style}]"


def _false_failures(proof: "Proof", notebook: str) -> str:
    from gradkit.verify import CONFIDENCE, rate_bound

    runs = [run for run in proof.runs if run.notebook == notebook]
    failures = sum(bool(run.failed) for run in runs)
    bound = rate_bound(failures, len(runs)) if runs else 1.0
    return (
        f"{failures} false failures in {len(runs)} passes over right answers; with {CONFIDENCE:.0%} confidence a right answer "
        f"is failed in less than {100 * bound:.2g} % of gradings"
    )
