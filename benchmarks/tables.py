"""Figures and requirements in; tables for the terminal and for a Markdown file out."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from benchmarks.bars import CORES, Bar
from benchmarks.measuring import JOBS, Figures, key
from benchmarks.parts import profile
from benchmarks.processes import Run

QUIET = 0.1
"""Cores that other programs may take during a run without a word about it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table; the first column is text, the others are figures."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


def sheets(figures: Figures, bars: Sequence[Bar]) -> list[Sheet]:
    """All that is shown, in order."""
    return [_requirements(bars), _times(figures), _computation(figures), _parts(figures)]


def show(console: Console, found: Sequence[Sheet]) -> None:
    """Print the tables to a terminal."""
    for sheet in found:
        table = Table(title=sheet.title, title_justify="left", title_style="bold")
        for number, head in enumerate(sheet.heads):
            table.add_column(head, justify="right" if number else "left")
        for row in sheet.rows:
            table.add_row(*row, style="red" if row[-1] == "no" else None)
        console.print(table)
        for note in sheet.notes:
            console.print(note, markup=False)
        console.print()


def to_markdown(figures: Figures, found: Sequence[Sheet]) -> str:
    """The tables as a page."""
    lines = ["# Performance: the figures", "", f"Measured on {figures.machine.words}. {_how(figures)}", ""]
    for sheet in found:
        lines += [f"## {sheet.title}", ""]
        lines += [_row(sheet.heads), _row(["---", *["---:"] * (len(sheet.heads) - 1)]), *map(_row, sheet.rows), ""]
        lines += [line for note in sheet.notes for line in (note, "")]
    return "\n".join(lines).rstrip() + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _how(figures: Figures) -> str:
    repeats = figures.plan.repeats
    if repeats == 1:
        return "Each figure was measured once."
    return f"Each figure is the median of {repeats} runs; the largest class was graded once."


def _requirements(bars: Sequence[Bar]) -> Sheet:
    rows = [[bar.what, bar.required, bar.shown, "yes" if bar.holds else "no"] for bar in bars]
    return Sheet("Requirements", ["what", "required", "measured", "holds"], rows)


def _times(figures: Figures) -> Sheet:
    plan = figures.plan
    rows = [
        _graded_row(key(size, jobs), figures.graded[key(size, jobs)], size)
        for jobs in JOBS
        for size in figures.sizes(jobs)
    ]
    rows.append(_graded_row(f"{key(plan.size, 2)}, known bugs not learned yet", figures.cold, plan.size))
    rows.append(_graded_row("again, nothing changed", figures.unchanged, plan.size))
    rows.append(_graded_row("again, one more submission", figures.one_more, plan.size + 1))
    pss = all(graded.tree_is_pss for found in figures.graded.values() for graded in found)
    notes = [
        "Memory is the highest seen, in MB of 10^6 bytes: of the main process by the kernel's own mark (VmHWM), of all "
        f"processes by the sum of their {'PSS' if pss else 'PSS, or RSS where that can not be read'}, sampled.",
        *_missing(figures),
    ]
    heads = ["gradkit", "time", "each", "submissions/s", "processor", "first result", "main process", "all processes"]
    return Sheet(f"gradkit grade {plan.assignment}", heads, rows, notes)


def _graded_row(name: str, found: Sequence[Run], size: int) -> list[str]:
    wall = median(graded.wall for graded in found)
    firsts = [graded.first for graded in found if graded.first is not None]
    return [
        name, f"{wall:.2f} s", f"{wall / size * 1000:.0f} ms", f"{size / wall:.2f}",
        f"{median(graded.processor for graded in found):.2f} s",
        f"{median(firsts):.2f} s" if firsts and not name.startswith("again") else "",
        f"{median(graded.main_mb for graded in found):.0f} MB",
        f"{median(graded.tree_mb for graded in found):.0f} MB",
    ]  # fmt: skip


def _missing(figures: Figures) -> list[str]:
    """What this machine can't be measured for."""
    notes = []
    ours = [graded.others / graded.wall for found in figures.graded.values() for graded in found]
    taken = max(*ours, *(stock.others / stock.wall for pair in figures.nbgrader for stock in pair))
    if taken > QUIET:
        notes.append(
            f"Other programs ran meanwhile and took up to {taken:.2f} cores: these figures are too high; measure again."
        )
    if figures.machine.cores < CORES:
        notes.append(f"This machine has fewer than {CORES} cores: what is required of two jobs can't hold here.")
    return notes


def _computation(figures: Figures) -> Sheet:
    """nbgrader and the bare computation: what gradkit is compared with."""
    plan, pace = figures.plan, figures.pace
    small, large = figures.nbgrader[0]
    whole, share = pace.seconds_for(plan.size), figures.bare_seconds / CORES
    rows = [
        [f"nbgrader, {_many(small.submissions)}", _wall([pair[0].wall for pair in figures.nbgrader]), "measured"],
        [f"nbgrader, {_many(large.submissions)}", _wall([pair[1].wall for pair in figures.nbgrader]), "measured"],
        ["nbgrader, start-up", f"{pace.start:.2f} s", "from the two"],
        ["nbgrader, each submission", f"{pace.each:.2f} s", "from the two"],
        [f"nbgrader, {plan.size} submissions", f"{whole:.1f} s", f"extrapolated: {plan.size / whole:.3f} submissions/s"],
        [f"bare computation, {plan.size} submissions", f"{figures.bare_seconds:.2f} s", "measured in one process"],
        [f"bare computation on {CORES} cores", f"{share:.2f} s", "half of it"],
        [f"gradkit with 2 jobs, {plan.size} submissions", f"{figures.wall(plan.size, 2):.2f} s",
         f"{figures.wall(plan.size, 2) / share:.2f} times that"],
    ]  # fmt: skip
    notes = [
        f"nbgrader runs `autograde` and `generate_feedback` in a course without gradkit, on submissions of the same class; "
        f"it gave {large.mean_score:.1f} marks on average.",
        "The bare computation is the processor time of the students' cells and functions and of the hidden tests' own "
        "functions, in one process that has NumPy and Matplotlib already, without a sandbox.",
    ]
    return Sheet("What it is compared with", ["", "time", "how"], rows, notes)


def _many(submissions: int) -> str:
    return f"{submissions} submission{'s' if submissions > 1 else ''}"


def _wall(walls: Sequence[float]) -> str:
    return f"{median(walls):.2f} s"


def _parts(figures: Figures) -> Sheet:
    parts, size = profile(figures), figures.plan.size
    whole = sum(parts.values())
    rows = [
        [name, f"{value:.2f} s", f"{value / size * 1000:.0f} ms", f"{value / whole:.0%}"]
        for name, value in parts.items()
    ]
    title = f"Where the time goes: {size} submissions, 2 jobs, {CORES} cores"
    return Sheet(title, ["part", "core-seconds", "each", "share"], rows)
