"""The fingerprints of a class in; pairs of students who share what few others have out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradkit.similar.fingerprints import Hashes


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two places in the class, how many fingerprints the two share, and the share of the smaller side's that is."""

    first: int
    second: int
    shared: int
    share: float


def common_limit(students: int) -> int:
    """How many students may have a passage before it says nothing: a tenth of the class, at least 4, never over half of it."""
    return min(max(4, students // 10), 40, max(2, students // 2))


def without_common(kinds: Sequence[Hashes], limit: int) -> list[Hashes]:
    """Of each student's different fingerprints those that no more than `limit` students have."""
    if not kinds:
        return []
    hashes, times = np.unique(np.concatenate(kinds), return_counts=True)
    return [mine[times[np.searchsorted(hashes, mine)] <= limit] for mine in kinds]


def candidates(kinds: Sequence[Hashes], least: int, share: float) -> list[Candidate]:
    """Pairs of students with `share` in common, who have at least `least` different fingerprints each.

    By an index from fingerprint to students: the work grows with the fingerprints and with how many students have the
    same one, and not with all pairs of the class.
    """
    sizes = np.array([len(mine) for mine in kinds], np.int64)
    students = np.repeat(np.arange(len(kinds)), sizes)
    hashes = np.concatenate([*kinds, np.empty(0, np.uint64)])
    order = np.argsort(hashes, kind="stable")
    holders, (starts, counts) = students[order], _runs(hashes[order])
    run_of = np.empty(len(hashes), np.int64)
    run_of[order] = np.repeat(np.arange(len(starts)), counts)
    found: list[Candidate] = []
    ends = np.cumsum(sizes)
    for first in range(len(kinds)):
        runs = run_of[ends[first] - sizes[first] : ends[first]]
        runs = runs[counts[runs] > 1]
        together = _gathered(holders, starts[runs], counts[runs])
        shared = np.bincount(together[together > first], minlength=len(kinds))
        smaller = np.minimum(sizes, sizes[first])
        for second in np.flatnonzero((shared >= share * smaller) & (smaller >= least) & (shared > 0)):
            amount = int(shared[second])
            found.append(Candidate(first, int(second), amount, amount / int(smaller[second])))
    return found


def _runs(values: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where in sorted values each different one begins, and how often it stands there."""
    if not len(values):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
    return starts, np.diff(np.append(starts, len(values)))


def _gathered(values: NDArray[np.int64], starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The values of several runs, one after the other."""
    before = np.cumsum(counts) - counts
    chosen: NDArray[np.int64] = values[np.repeat(starts - before, counts) + np.arange(counts.sum())]
    return chosen
