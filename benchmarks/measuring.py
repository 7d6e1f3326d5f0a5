"""Plan in, figures out: every measurement in one run, the repeats taking turns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.bare import Bare
from benchmarks.grading import BenchClass
from benchmarks.machine import Machine, describe_machine
from benchmarks.processes import Run
from benchmarks.stock import Pace, Stock, StockCourse
from gradkit.course import Course

JOBS = (1, 2)
WARM_UP = 1
"""Submissions that are graded once before anything is measured: files are in the page cache, modules are compiled."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure. `large` is 0 where that class is left out."""

    assignment: str = "quiz8"
    small: int = 20
    size: int = 200
    large: int = 2000
    nbgrader: int = 12
    repeats: int = 3
    seed: int = 2026

    @property
    def nbgrader_small(self) -> int:
        """The smaller of nbgrader's two classes, which tells its start-up from its pace."""
        return max(1, self.nbgrader // 4)

    @property
    def problem(self) -> str:
        """Why the plan can't be carried out; "" where it can."""
        if not 2 <= self.nbgrader <= self.size:
            return f"nbgrader grades {self.nbgrader} submissions; it has to be 2 or more, and no more than {self.size}"
        if not 1 <= self.small < self.size or (self.large and self.large <= self.size):
            return "the three class sizes have to grow: --small, --size, --large (or --no-large)"
        return "" if self.repeats >= 1 else "there has to be 1 repeat or more"


@dataclass(slots=True)
class Figures:
    """All that was measured; each list has one entry a repeat."""

    plan: Plan
    machine: Machine
    graded: dict[str, list[Run]] = field(default_factory=dict)
    """From nothing, by `key(size, jobs)`."""
    cold: list[Run] = field(default_factory=list)
    """The class that is compared, with two jobs, where known bugs were not learned yet."""
    unchanged: list[Run] = field(default_factory=list)
    one_more: list[Run] = field(default_factory=list)
    bare: list[Bare] = field(default_factory=list)
    nbgrader: list[tuple[Stock, Stock]] = field(default_factory=list)
    """The smaller class and the larger."""

    def wall(self, size: int, jobs: int) -> float:
        return median(graded.wall for graded in self.graded[key(size, jobs)])

    def first(self, size: int, jobs: int) -> float:
        """Seconds to the first result; infinite where none was seen."""
        found = (graded.first for graded in self.graded[key(size, jobs)])
        return median(float("inf") if first is None else first for first in found)

    def main_mb(self, size: int, jobs: int) -> float:
        return median(graded.main_mb for graded in self.graded[key(size, jobs)])

    def tree_mb(self, size: int, jobs: int) -> float:
        return median(graded.tree_mb for graded in self.graded[key(size, jobs)])

    def processor(self, size: int, jobs: int) -> float:
        return median(graded.processor for graded in self.graded[key(size, jobs)])

    @property
    def pace(self) -> Pace:
        """nbgrader's start-up and pace, each the median of the repeats."""
        found = [Pace.between(small, large) for small, large in self.nbgrader]
        return Pace(median(pace.start for pace in found), median(pace.each for pace in found))

    @property
    def bare_seconds(self) -> float:
        return median(bare.seconds for bare in self.bare)

    def sizes(self, jobs: int) -> list[int]:
        """Class sizes that were graded with so many jobs."""
        plan = self.plan
        return [size for size in (plan.small, plan.size, plan.large) if key(size, jobs) in self.graded]


def key(size: int, jobs: int) -> str:
    """How a class size and a number of jobs are named in the results."""
    return f"{size} submission{'s' if size > 1 else ''}, {jobs} job{'s' if jobs > 1 else ''}"


def measure(plan: Plan, origin: Course, folder: Path, say: Callable[[str], None]) -> Figures:
    """Make the classes in `folder`, which is empty, and measure them one after the other; `say` gets each step."""
    figures = Figures(plan, describe_machine())

    def make(name: str, size: int) -> BenchClass:
        say(f"making a class of {size}")
        return BenchClass.make(origin, folder / name, plan.assignment, size, plan.seed)

    say("warming up")
    make("warm-up", WARM_UP).grade_from_nothing(2)
    stock = StockCourse.make(origin, folder / "stock", plan.assignment)
    middle = make("middle", plan.size)
    for number in range(1, plan.repeats + 1):
        say(f"round {number} of {plan.repeats}")
        _Round(figures, middle, stock, folder / "stock-graded", say).run()
    small = make("small", plan.small)
    for _ in range(plan.repeats):
        for jobs in JOBS:
            _grade(figures, small, jobs, say)
    if plan.large:
        _grade(figures, make("large", plan.large), 2, say)
    return figures


@dataclass(frozen=True, slots=True)
class _Round:
    """One repeat of all that is compared: what stands in one ratio is measured close together."""

    figures: Figures
    middle: BenchClass
    stock: StockCourse
    folder: Path
    say: Callable[[str], None]

    def run(self) -> None:
        figures, plan = self.figures, self.figures.plan
        _grade(figures, self.middle, 2, self.say)
        self.say("the students' code alone")
        figures.bare.append(self.middle.measure_bare())
        _grade(figures, self.middle, 1, self.say)
        _grade(figures, self.middle, 2, self.say)  # what the others are compared with stands before and behind them
        self.say("again, nothing changed")
        figures.unchanged.append(self.middle.grade_again(2))
        self.say("again, one more submission")
        figures.one_more.append(self.middle.grade_one_more(2))
        self.say("known bugs not learned yet")
        figures.cold.append(self.middle.grade_cold(2))
        figures.nbgrader.append((self._nbgrader(plan.nbgrader_small), self._nbgrader(plan.nbgrader)))

    def _nbgrader(self, size: int) -> Stock:
        self.say(f"nbgrader, {size} submissions")
        students = self.middle.students[:size]
        return self.stock.grade(self.middle.course.submitted, students, self.folder)


def _grade(figures: Figures, graded: BenchClass, jobs: int, say: Callable[[str], None]) -> None:
    name = key(len(graded.students), jobs)
    say(name)
    figures.graded.setdefault(name, []).append(graded.grade_from_nothing(jobs))
