"""Independence within a mask: a layer's output and input in, nothing or the axis along which units share a fate out."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradkit.checks.binomial import accepted_counts
from gradkit.checks.masks import DEFAULT_ALPHA, mask_factors
from gradkit.checks.messages import count, fail, percent, rarity

Bools = NDArray[np.bool_]


def check_independence(
    out: object,
    x: NDArray[Any],
    *,
    p: float,
    alpha: float = DEFAULT_ALPHA,
    name: str = "out",
    case: str | None = None,
) -> None:
    """Check that units are dropped independently along each axis; a right mask fails with probability at most `alpha`.

    Along every axis, units are paired with their neighbours (0 with 1, 2 with 3, ...) and with those half the axis
    away. Two independent units share their fate with probability `p^2 + (1 - p)^2`, and no unit is in two pairs, so the
    number of agreeing pairs is binomial and the test exact, two-sided; `alpha / 2` is shared out among the comparisons.
    One mask used for every row, column, channel or image agrees in all pairs along that axis. `out` has the shape of `x`,
    which has no zeros; p = 0.5 has the most power.

    At p = 0.5 all distances between units are compared as well, counted row by row: a short mask that is repeated to
    fill the array agrees with itself at its own length. There the pairs may overlap, since fair coins i and i + d agree
    or not independently of all other such pairs, and Hoeffding's inequality bounds the sum of n signs: it is beyond
    `sqrt(2 n ln(2 / a))` with probability at most `a` (`alpha / 2`, shared out among the distances).

    Units that are kept independently with another probability than `p` pass: that is a mistake of its own, which
    `check_keep_probability` names. Where `p` does not explain the agreement, the share of units that `out` keeps may;
    only if that does not either, or leaves too few units dropped or kept to tell, does the check fail. A second condition
    can only make a false failure rarer, so `alpha` holds as it stands.

    Raises CheckFailure with the axis and both shares; ValueError if there are too few pairs along an axis to tell.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.uniform(1.0, 2.0, size=(40, 30))
    >>> check_independence(2.0 * x * (rng.random((1, 30)) < 0.5), x, p=0.5)
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: out: neighbours along axis 0 are kept or dropped together in 100 % of the pairs, ...
    """
    kept = mask_factors(out, x, name, case) != 0
    if kept.all() or not kept.any():
        fail(name, "every unit is kept" if kept.all() else "every unit is dropped", case)
    comparisons = list(_pairs(kept))
    each = alpha / 2 / len(comparisons)
    for axis, distance, first, second in comparisons:
        share = agreement(first, second, p, each)
        if share is not None and not _explained(first, second, float(kept.mean()), each):
            who = "neighbours" if distance == 1 else f"units {distance} apart"
            fact = f"{who} along axis {axis} are kept or dropped together in {percent(share)} of the pairs, expected "
            fact += f"{percent(p * p + (1 - p) ** 2)} (from {count(first.size, 'pairs')}; chance does so less than "
            shared = f"; one mask is shared along axis {axis}" if share == 1 else ""
            fail(name, f"{fact}{rarity(alpha)}){shared}", case)
    if p == 0.5:
        _check_all_distances(kept.ravel(), alpha / 2, name, case)


def _check_all_distances(kept: Bools, alpha: float, name: str, case: str | None) -> None:
    signs = np.where(kept, 1.0, -1.0)
    n = len(signs)
    pairs = np.arange(n - 1, 0, -1)
    sums = np.correlate(signs, signs, mode="full")[n:]
    limits = np.sqrt(2 * pairs * np.log(2 * (n - 1) / alpha))
    centred = signs - signs.mean()
    explained = np.abs(np.correlate(centred, centred, mode="full")[n:]) <= limits
    telling = pairs * centred.var() > limits  # what a mask that repeats here would come to
    beyond = (np.abs(sums) > limits) & ~(explained & telling)
    if beyond.any():
        at = int(np.argmax(beyond))
        share = percent(float((sums[at] / pairs[at] + 1) / 2))
        fact = f"units {at + 1} apart, counted row by row, are kept or dropped together in {share} of the pairs"
        fail(name, f"{fact}, expected 50 % (from {count(int(pairs[at]), 'pairs')}); is one mask repeated?", case)


def agreement(first: Bools, second: Bools, p: float, alpha: float) -> float | None:
    """Return the share of equal elements of two masks if independence can't explain it at level `alpha`, else None."""
    low, high = accepted_counts(first.size, p * p + (1 - p) ** 2, alpha)
    if high == first.size:
        raise ValueError(f"{first.size} pairs can't show a shared mask at alpha {alpha:g}")
    equal = int(np.count_nonzero(first == second))
    return None if low <= equal <= high else equal / first.size


def _explained(first: Bools, second: Bools, share: float, alpha: float) -> bool:
    """Whether independent units that are kept with probability `share` agree so often, and equal masks would not."""
    low, high = accepted_counts(first.size, share * share + (1 - share) ** 2, alpha)
    return low <= int(np.count_nonzero(first == second)) <= high < first.size


def _pairs(kept: Bools) -> Iterator[tuple[int, int, Bools, Bools]]:
    for axis in range(kept.ndim):
        moved = np.moveaxis(kept, axis, 0)
        half = len(moved) // 2
        if half:
            yield axis, 1, moved[0 : 2 * half : 2], moved[1 : 2 * half : 2]
        if half > 1:
            yield axis, half, moved[:half], moved[half : 2 * half]
