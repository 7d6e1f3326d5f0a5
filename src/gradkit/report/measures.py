"""Numbers of a class in, what they say out: shares, bins, discrimination. Pure, and without names."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation

FEWEST = 10
"""Students below whose number a correlation says nothing."""
LOW = 0.2
"""A discrimination below is usually called low (R. L. Ebel, Measuring Educational Achievement, 1965)."""
MOST_BINS = 20
_STEPS = (1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class Bins:
    """Counts of marks from 0 on, in steps of `width`: from `i * width` up to, and without, `(i + 1) * width`."""

    width: float
    counts: tuple[int, ...]


def bins_of(marks: Sequence[float], most: float) -> Bins:
    """Marks from 0 to `most` in at most 20 bins of a round width; full marks have a bin of their own where it divides them.

    Marks above `most`, as with extra credit, count in the last bin, and those below 0 in the first.
    """
    width = _width(most)
    counts = [0] * (math.floor(round(most / width, 9)) + 1)
    for mark in marks:
        at = math.floor(round(mark / width, 9))
        counts[min(max(at, 0), len(counts) - 1)] += 1
    return Bins(width, tuple(counts))


def _width(most: float) -> float:
    power = 10.0 ** math.floor(math.log10(most / MOST_BINS)) if most > 0 else 1.0
    widths = (step * power * scale for scale in (1, 10) for step in _STEPS)
    return next((width for width in widths if most / width + 1 <= MOST_BINS + 1e-9), 100 * power)


def discrimination(scores: Sequence[float], rests: Sequence[float]) -> float | None:
    """How well a question, or a check, tells those who do well in the rest of the assignment from those who don't.

    The corrected item-total correlation: Pearson's r between the scores of one item and, for the same students, their score
    in all else, so that the item is not compared with itself (S. Henrysson, Correction of item-total correlations in item
    analysis, Psychometrika 28, 1963). For a check, whose score is 0 or 1, that is the point-biserial correlation. From -1 to
    1; None for fewer than 10 students, and where everybody has the same score in the item or in the rest.
    """
    if len(scores) < FEWEST:
        return None
    try:
        found = correlation([round(score, 6) for score in scores], [round(rest, 6) for rest in rests])
    except StatisticsError:  # no variance
        return None
    return found if math.isfinite(found) else None


def share(part: float, whole: float) -> float:
    """Which part of the whole it is; 0 of nothing."""
    return part / whole if whole else 0.0
