"""Figures in, where the time of a graded class goes out."""

from statistics import median

from benchmarks.measuring import Figures

CELLS, CALLS, TESTS = "students' cells", "students' functions", "hidden tests"
REST, IDLE = "all else", "cores not used"
_CORES = 2


def profile(figures: Figures) -> dict[str, float]:
    """Core-seconds of the class of `plan.size` with two jobs, by part; the sum is two cores for the time that it took.

    What the students and the hidden tests compute is known from the bare run; what gradkit adds stands as one part.
    """
    size = figures.plan.size
    known = {
        CELLS: median(bare.cells for bare in figures.bare),
        CALLS: median(bare.calls + bare.probes for bare in figures.bare),
        TESTS: median(bare.tests for bare in figures.bare),
    }
    processor, whole = figures.processor(size, 2), _CORES * figures.wall(size, 2)
    rest = max(0.0, processor - sum(known.values()))
    return {**known, REST: rest, IDLE: max(0.0, whole - processor)}
