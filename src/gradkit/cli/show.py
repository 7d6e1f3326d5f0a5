"""Classes, proofs and machines as text that a person likes to read; colours only where the output is a terminal."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from gradkit.cli.consoles import fold, moving, neutral, shown
from gradkit.course import Question
from gradkit.results import NotebookResult, marks

if TYPE_CHECKING:  # nbgrader takes two seconds to import, and not every command needs it
    from gradkit.nbgrader_ext import ClassResult, StudentResult
    from gradkit.sandbox.advice import Cause
    from gradkit.sandbox.probing import Finding
    from gradkit.verify import Proof


def _show_tier(console: Console, isolation: str, indent: str = "") -> None:
    """How student code was isolated; in red where it was not."""
    if isolation == "none":
        console.print(f"{indent}[bold red]not isolated: this verdict can be forged (--sandbox none)[/bold red]")
    elif isolation:
        console.print(f"{indent}[dim]isolation tier {shown(isolation)}[/dim]")


def show_isolation(console: Console, findings: Sequence["Finding"], causes: Sequence["Cause"]) -> None:
    """What this machine can isolate: the strongest way that holds, and why stronger ones don't."""
    best = next((found for found in findings if found.holds), None)
    if best is None:
        console.print("isolation  [bold red]tier C: none, so nothing is graded[/bold red]")
    else:
        console.print(f"isolation  [bold green]tier {best.isolation.tier}[/bold green]: {shown(best.isolation.means)}")
        console.print("           [dim]tried inside it, and refused:[/dim]")
        for name in best.possible:
            console.print(f"           [green]ok[/green]  {shown(name)}")
    for found in findings[: findings.index(best) if best is not None else None]:
        way = f"tier {found.isolation.tier}{_starter(found)}: {found.problem}"
        console.print(Padding(f"[yellow]not[/yellow] {shown(way)}", (0, 0, 0, 11), expand=False))
    for cause in causes if best is None or best.isolation.tier != "A" else ():
        console.print(Padding(f"[yellow]because[/yellow] {shown(cause.fact)}", (0, 0, 0, 11), expand=False))
        console.print(Padding(shown(cause.step), (0, 0, 0, 19), expand=False))


def _starter(found: "Finding") -> str:
    if not found.isolation.bwrap:
        return ""
    return f" by {found.isolation.bwrap}{', mounted by root' if found.isolation.as_root else ''}"


def show_class(console: Console, graded: "ClassResult", questions: Iterable[Question]) -> None:
    """A class: one row a student, one column a question decided by hidden tests, and what went wrong first."""
    decided = [question for question in questions if not question.manual]
    table = _table()
    table.add_column("student", overflow="fold", max_width=34)
    for question in decided:
        name = shown(question.grade_id.replace("_", " "))
        table.add_column(f"{name}\n/ {marks(question.max_score)}", justify="right", min_width=4, max_width=9)
    total = sum(question.max_score for question in decided)
    table.add_column(f"total\n/ {marks(total)}", justify="right", min_width=5, max_width=7)
    wide = console.width >= 120
    if wide:
        table.add_column("what went wrong", overflow="fold")
    reasons: list[Text] = []
    for student in graded.students:
        results = {result.notebook: result for result in student.results}
        cells = [_marks_of(results.get(question.notebook), question) for question in decided]
        sum_ = "[bold magenta]?[/]" if student.set_aside else f"[bold]{marks(student.score)}[/bold]"
        trouble = _first_trouble(student)
        table.add_row(shown(student.student), *cells, sum_, *([shown(trouble)] if wide else []))
        if trouble and not wide and not student.set_aside:  # those are told below
            reasons.append(Text(neutral(student.student), "bold").append(f"  {neutral(trouble)}", "not bold"))
    console.print(table)
    for reason in reasons:
        fold(console, reason, "", "    ", widest=console.width)
    for name, notebook, why in graded.set_aside:
        told = Text(neutral(f"set aside: {name}, {notebook}: {why}"), "magenta")
        fold(console, told, "", "    ", widest=console.width)
    _show_changes(console, graded)
    if graded.feedback_problem:
        console.print(f"feedback pages are missing: {graded.feedback_problem}", style="magenta", markup=False)
    _show_time(console, graded)
    _show_tier(console, graded.isolation)


def _table(**options: Any) -> Table:
    return Table(pad_edge=False, padding=(0, 1, 0, 0), box=box.SIMPLE_HEAD, header_style="bold", **options)


def _show_time(console: Console, graded: "ClassResult") -> None:
    done = len(graded.students) - graded.reused
    rate = f", {done / graded.seconds:.1f} a second" if done > 1 and graded.seconds else ""
    unchanged = f"; {graded.reused} unchanged" if graded.reused else ""
    console.print(f"[dim]{done} graded in {graded.seconds:.1f} s{rate}{unchanged}[/dim]")


def _show_changes(console: Console, graded: "ClassResult") -> None:
    """Whose marks are others than in the last run, for the same file."""
    if not graded.changes:
        return
    table = _table(title="other marks for the same work", title_justify="left")
    for name in ("student", "notebook"):
        table.add_column(name, overflow="fold")
    for name in ("before", "now", "by"):
        table.add_column(name, justify="right")
    for change in sorted(graded.changes, key=lambda change: (change.student, change.notebook)):
        by = (change.after or 0.0) - (change.before or 0.0)
        table.add_row(
            shown(change.student), shown(change.notebook), *map(_marks_or_none, (change.before, change.after)),
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
    for notebook, _ in student.set_aside:
        return f"{notebook} is set aside: see below"
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
def steps(console: Console, doing: str) -> Iterator[Callable[[int, int], None]]:
    """Shows how much of some work is done, on a terminal alone."""
    with Progress(console=console, transient=True, disable=not moving(console)) as progress:
        task = progress.add_task(doing, total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)


def show_proof(console: Console, proof: "Proof") -> None:
    """A proof: one row a question, then false failures, what falls short, and the mutants that survived."""
    table = _table(title=proof.assignment, title_justify="left")
    table.add_column("question")
    for name in ("solution", "release", "bugs failed", "bugs named", "right styles", "mutants killed"):
        table.add_column(name, justify="right")
    for name, _, _ in proof.questions:
        table.add_row(shown(name), *_proof_row(proof, name))
    console.print(table)
    for notebook in dict.fromkeys(notebook for _, notebook, _ in proof.questions):
        told = Text(neutral(f"{notebook}: {_false_failures(proof, notebook)}"))
        fold(console, told, "", "    ", widest=console.width)
    for survivor in proof.survivors:
        console.print(
            f"\nmutant survives: {survivor.question}, {survivor.mutant.operator}", markup=False, style="yellow"
        )
        console.print(Padding(shown(survivor.mutant.diff.rstrip()), (0, 0, 0, 2), expand=False))
    for shortfall in proof.shortfalls:
        fold(console, Text(neutral(f"falls short: {shortfall}"), "red"), "", "    ", widest=console.width)
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
