"""Figures in, where the time of a graded class goes out."""

from statistics import median

from benchmarks.measuring import Figures, key

CELLS, CALLS, TESTS = "students' cells", "students' functions", "hidden tests"
REST, IDLE = "all else", "cores not used"
_CORES = 2


def profile(figures: Figures) -> dict[str, float]:
    """Core-seconds of the class of `plan.size` with two jobs, by part; the sum is two cores for the time that it took.

    What the students and the hidden tests compute is known from the bare run. What gradkit adds stands as one part, or
    by gradkit's own account where its last JSON line has one. Which part is longest depends on what runs beside it, so
    that a sum of parts that comes out above the whole leaves no rest.
    """
    size = figures.plan.size
    known = {
        CELLS: median(bare.cells for bare in figures.bare),
        CALLS: median(bare.calls + bare.probes for bare in figures.bare),
        TESTS: median(bare.tests for bare in figures.bare),
    }
    processor, whole = figures.processor(size, 2), _CORES * figures.wall(size, 2)
    told = _told(figures)
    rest = max(0.0, processor - sum(known.values()) - sum(told.values()))
    return {**known, **told, REST: rest, IDLE: max(0.0, whole - processor)}


def _told(figures: Figures) -> dict[str, float]:
    """What gradkit says that it spent on its own parts, medians over the repeats."""
    runs = [graded.parts for graded in figures.graded[key(figures.plan.size, 2)]]
    names = [name for name in runs[0] if all(name in run for run in runs)]
    return {name: median(run[name] for run in runs) for name in names}
