"""The result of one notebook as text that a person likes to read: marks, what failed with both numbers, the hint."""

import shlex
from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from gradkit.cli.consoles import as_is, fold, neutral
from gradkit.cli.numbers import numbers_of
from gradkit.results import CheckResult, NotebookResult, QuestionResult, marks

IN_FULL = 3
"""Reasons of a question that are told with their numbers; of the others, the titles, unless all are asked for."""
NEAR = 24
"""A place that is not longer stands on the line of the numbers."""
_WORD = {"failed": "", "timed_out": "too long: ", "error": "not judged: ", "not_run": "not run: "}


def show_result(
    console: Console, result: NotebookResult, command: Sequence[str] = (), *, everything: bool = False
) -> None:
    """One notebook: each question with its marks, what fell short and why, what waits for a person, the next step.

    `command` is the one that grades this file: with the seed, it gives the same again. `everything` shows each reason in full.
    """
    head = Text.assemble((neutral(f"{result.assignment}/{result.notebook}"), "bold"), "  ")
    if result.status == "set_aside":
        fold(console, head.append("set aside: no marks given", "bold magenta"))
        fold(console, Text(neutral(result.reason)), "  ")
        _show_tier(console, result.isolation)
        step = "look at the file; give marks by hand in the formgrader, or have it handed in again"
        if result.detail:  # of the grader's side: the student can do nothing about it
            step = "mend that, and check the file again"
        fold(console, Text(step), Text("  next  ", style="dim"), " " * 8)
        return
    fold(console, head.append(f"{marks(result.score)} of {marks(result.max_score)}", _style(result)))
    for text, style in ((result.message, "yellow"), (result.detail, "magenta")):
        if text:
            fold(console, Text(neutral(text), style), "  ")
    before, width = False, max((len(question.grade_id) for question in result.questions), default=0)
    for question in result.questions:
        short = question.score != question.max_score or bool(question.diagnoses)
        if short or before:
            console.print()
        _Shown(console, question).show(width, everything=everything)
        before = short
    if before or result.score != result.max_score:
        console.print()
    _show_end(console, result, command)


def _show_end(console: Console, result: NotebookResult, command: Sequence[str]) -> None:
    if result.needs_manual_grade:
        fold(console, Text(neutral(", ".join(result.needs_manual_grade))), Text("  marked by hand  ", "dim"), " " * 18)
    if command and result.score != result.max_score:
        again = shlex.join((*command, "--seed", result.seed))
        as_is(console, Text.assemble(("  the same again  ", "dim"), (neutral(again), "cyan")))
    else:
        console.print(Text(f"  seed {result.seed}", "dim"))
    _show_tier(console, result.isolation)


def _show_tier(console: Console, isolation: str) -> None:
    if isolation == "none":
        console.print("  [bold red]not isolated: this verdict can be forged (--sandbox none)[/bold red]")
    elif isolation:
        console.print(Text(f"  isolation tier {isolation}", "dim"))


class _Shown:
    """One question, on one console."""

    def __init__(self, console: Console, question: QuestionResult) -> None:
        self.console = console
        self.question = question
        fancy = "utf" in console.encoding.lower()
        self.right, self.wrong, self.bar = ("✓", "✗", "│") if fancy else ("ok", "x", "|")

    def show(self, width: int, *, everything: bool) -> None:
        """Its marks; where some are missing, the reasons, the condition, the likely mistake. `width` is that of the names."""
        question, checks = self.question, self.question.checks
        full = question.score == question.max_score
        passed = sum(check.status == "passed" for check in checks)
        line = Text.assemble(
            (f"  {self.right if full else self.wrong} ", "bold green" if full else "bold red"),
            (f"{neutral(question.grade_id):{width}}  ", "bold"),
            (f"{marks(question.score)} of {marks(question.max_score)}", _style(question)),
            (f"  {passed} of {len(checks)} checks passed", "dim"),
        )
        fold(self.console, line, "", "      ")
        self._show_reasons(everything=everything)
        if question.condition:
            fold(self.console, Text(neutral(question.condition), "yellow"), " " * 4)
        for diagnosis in question.diagnoses:
            self.console.print()
            title = Text.assemble(
                ("likely mistake: ", "bold yellow"), (neutral(diagnosis.title), "bold"), f"  ({neutral(diagnosis.bug)})"
            )
            fold(self.console, title, " " * 4, " " * 6)
            bar = Text.assemble("    ", (self.bar, "yellow"), " ")
            hint = [(part, "") for part in diagnosis.hint.split("\n\n")]
            for number, (text, style) in enumerate(((diagnosis.evidence, "italic"), *hint)):
                if number:
                    as_is(self.console, bar[:-1])
                fold(self.console, Text(neutral(" ".join(text.split())), style), bar)

    def _show_reasons(self, *, everything: bool) -> None:
        untold = 0
        coded = False
        for number, (message, checks) in enumerate(_by_message(self.question).items(), start=1):
            whole = len(checks) == len(self.question.checks) and not everything
            for check in () if whole and len(checks) > 1 else checks:
                lost = (f" (-{marks(check.max_points)})", "red")
                title = Text.assemble(f"{_WORD.get(check.status, '')}{neutral(check.title)}", lost)
                fold(self.console, title, Text(f"    {self.wrong} ", "red"), " " * 6)
            if number > IN_FULL and not everything:
                untold += len(checks)
                continue
            indent = " " * (6 if whole and len(checks) > 1 else 8)
            self._show_message(message, indent)
            code = next((check.again for check in checks if check.again), "")
            if code and (everything or not (coded or (whole and numbers_of(message) is None))):
                coded = True
                self.console.print(Text(f"{indent}see such a case in the notebook:", "dim"))
                for line in neutral(code).splitlines():
                    as_is(self.console, Text(f"{indent}  {line}", "cyan"))
        if untold:
            fold(self.console, Text(f"the numbers of {untold} more: --all", "dim"), " " * 6)

    def _show_message(self, message: str, indent: str) -> None:
        both = numbers_of(neutral(message))
        if both is None:
            fold(self.console, Text(neutral(message)), indent)
            return
        beside = indent
        if both.where and cell_len(both.where) <= NEAR:
            beside += f"{both.where}  "
        elif both.where:
            fold(self.console, Text(both.where), indent)
        expected = Text.assemble(beside, ("expected  ", "dim"))
        got = Text.assemble(" " * cell_len(beside), ("got       ", "dim"))
        hanging = " " * expected.cell_len
        fold(self.console, Text(both.expected, "green"), expected, hanging)
        fold(self.console, Text(both.got, "red"), got, hanging)
        if both.rest:
            fold(self.console, Text(both.rest), indent)


def _style(result: NotebookResult | QuestionResult) -> str:
    return "green" if result.score == result.max_score else "red" if not result.score else "yellow"


def _by_message(question: QuestionResult) -> dict[str, list[CheckResult]]:
    """The checks that fell short, under what they say: one reason is told once, however many checks it cost."""
    found: dict[str, list[CheckResult]] = {}
    for check in question.checks:
        if check.status != "passed":
            found.setdefault(check.message, []).append(check)
    return found
