"""Figures in, the requirements and whether they hold out."""

from dataclasses import dataclass

from benchmarks.measuring import Figures

TIMES_NBGRADER = 25.0
TIMES_BARE = 3.0
LINEAR = 1.15
GROWTH_MB = 50.0
TWO_JOBS = 1.7
FIRST_SECONDS = 2.0
CORES = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """A requirement. `value` is None where it was not measured; it does not hold then."""

    what: str
    required: str
    value: float | None
    shown: str
    holds: bool


def judge(figures: Figures) -> list[Bar]:
    """Every requirement with what was measured; ratios are of figures of the same run."""
    plan = figures.plan
    wall = figures.wall(plan.size, 2)
    nbgrader = figures.pace.seconds_for(plan.size)
    share = figures.bare_seconds / CORES
    return [
        _at_least(
            f"submissions/s of {plan.size} with 2 jobs, over nbgrader's", nbgrader / wall, TIMES_NBGRADER, "times"
        ),
        _at_most(
            f"time for {plan.size} with 2 jobs, over the bare computation on {CORES} cores",
            wall / share, TIMES_BARE, "times",
        ),
        _at_least(f"time for {plan.size} with 1 job, over 2 jobs", figures.wall(plan.size, 1) / wall, TWO_JOBS, "times"),
        _at_most(f"first result of {plan.size} with 2 jobs", figures.first(plan.size, 2), FIRST_SECONDS, "s"),
        *_growth(figures),
    ]  # fmt: skip


def _growth(figures: Figures) -> list[Bar]:
    size, large = figures.plan.size, figures.plan.large
    linear = f"time for each of {large or 2000} submissions, over each of {size}"
    main = f"growth of the main process from {size} to {large or 2000}"
    tree = f"growth of all processes from {size} to {large or 2000}"
    if not large:
        limits = ((linear, f"{LINEAR:g} times"), (main, f"{GROWTH_MB:g} MB"), (tree, f"{GROWTH_MB:g} MB"))
        return [Bar(what, f"at most {limit}", None, "not measured", holds=False) for what, limit in limits]
    each = (figures.wall(large, 2) / large) / (figures.wall(size, 2) / size)
    return [
        _at_most(linear, each, LINEAR, "times"),
        _at_most(main, figures.main_mb(large, 2) - figures.main_mb(size, 2), GROWTH_MB, "MB"),
        _at_most(tree, figures.tree_mb(large, 2) - figures.tree_mb(size, 2), GROWTH_MB, "MB"),
    ]


def _at_least(what: str, value: float, limit: float, unit: str) -> Bar:
    return Bar(what, f"at least {limit:g} {unit}", value, _shown(value, unit), value >= limit)


def _at_most(what: str, value: float, limit: float, unit: str) -> Bar:
    return Bar(what, f"at most {limit:g} {unit}", value, _shown(value, unit), value <= limit)


def _shown(value: float, unit: str) -> str:
    return f"{value:.0f} {unit}" if unit == "MB" else f"{value:.2f} {unit}"
