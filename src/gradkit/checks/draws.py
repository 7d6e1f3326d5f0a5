"""Masks of several calls: outputs for one input in, nothing or how alike they are out."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradkit.checks.arrays import as_array, check_shape
from gradkit.checks.binomial import largest_probability
from gradkit.checks.independence import agreement
from gradkit.checks.masks import DEFAULT_ALPHA, mask_factors
from gradkit.checks.messages import count, fail, percent, rarity


def check_fresh_draws(
    outs: Sequence[object],
    x: NDArray[Any],
    *,
    p: float,
    alpha: float = DEFAULT_ALPHA,
    name: str = "out",
    case: str | None = None,
) -> None:
    """Check that calls on the same `x` draw independent masks; right masks fail with probability at most `alpha`.

    `outs` are two or more outputs in training mode, each in the shape of `x`, which has no zeros; the mask is
    `out / x != 0`. Each two calls are compared unit by unit: independent masks agree at a unit with probability
    `p^2 + (1 - p)^2`, so the number of agreeing units is binomial and the test exact, two-sided (Clopper and Pearson,
    Biometrika 26, 1934); `alpha` is shared out evenly among the comparisons.

    Raises CheckFailure with both shares; ValueError if `x` has a zero, or so few units that even equal masks could not be
    told from chance.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.uniform(1.0, 2.0, size=(20, 30))
    >>> out = 2.0 * x * (rng.random(x.shape) < 0.5)
    >>> check_fresh_draws([out, out], x, p=0.5, alpha=1e-10)
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: out: calls 1 and 2 treat 100 % of the units alike, expected 50 % (from 600 units; ...
    """
    masks = [mask_factors(out, x, name, case) != 0 for out in outs]
    couples = list(combinations(range(len(masks)), 2))
    for i, j in couples:
        share = agreement(masks[i], masks[j], p, alpha / len(couples))
        if share is not None:
            fact = f"calls {i + 1} and {j + 1} treat {percent(share)} of the units alike, expected "
            fact += f"{percent(p * p + (1 - p) ** 2)} (from {count(x.size, 'units')}; chance does so less than "
            same = "; each call is to draw a new mask" if share == 1 else ""
            fail(name, f"{fact}{rarity(alpha)}){same}", case)


def check_reproducible(first: object, second: object, *, name: str = "out", case: str | None = None) -> None:
    """Check that two calls with the same seed gave the same array: equal numbers, without a tolerance.

    `-0.0` equals `0.0`, NaN equals NaN, and the dtypes may differ. The shapes have to be the same.

    Raises CheckFailure with the number of elements that differ.

    >>> check_reproducible(np.array([1.0, 2.0]), np.array([1.0, 2.5]))
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: out: two calls with the same seed differ in 1 of 2 elements
    """
    a = as_array(first, name, case=case)
    b = check_shape(second, a.shape, name=name, case=case)
    same = (a == b) | ((a != a) & (b != b))
    if not same.all():
        wrong = int(np.count_nonzero(~same))
        fail(name, f"two calls with the same seed differ in {wrong} of {count(a.size, 'elements')}", case)


def check_counts_vary(
    out: object,
    x: NDArray[Any],
    *,
    p: float,
    alpha: float = DEFAULT_ALPHA,
    name: str = "out",
    case: str | None = None,
) -> None:
    """Check that the number of units kept differs between the parts of `out` along its first axis.

    The parts are rows of one mask, or several calls that were stacked. Units that are kept independently are kept in
    binomial numbers, and `k` parts of `n` units have one and the same number with probability at most `q^(k - 1)`, `q`
    being the largest probability of Binomial(n, p). A mask that keeps exactly `p n` units of each row, or of each call,
    has no such spread: what happens to one unit then depends on the others. `out` has the shape of `x`, which has no
    zeros.

    Raises CheckFailure; ValueError if right masks would fail with a probability above `alpha`: give it more parts, or
    larger ones.

    >>> x = np.ones((24, 16))
    >>> out = 2.0 * np.tile([1.0, 0.0], (24, 8))
    >>> check_counts_vary(out, x, p=0.5, alpha=1e-10)
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: out: each of 24 parts keeps exactly 8 of 16 units; ...
    """
    kept = mask_factors(out, x, name, case).reshape(len(x), -1) != 0
    parts, units = kept.shape
    if largest_probability(units, p) ** (parts - 1) > alpha:
        raise ValueError(f"{parts} parts of {units} units can't show that the counts vary at alpha {alpha:g}")
    counts = np.count_nonzero(kept, axis=1)
    if (counts == counts[0]).all():
        fact = (
            f"each of {parts} parts keeps exactly {counts[0]} of {units} units; units that are kept independently of "
        )
        fail(name, f"{fact}each other are kept in numbers that vary (all the same less than {rarity(alpha)})", case)
