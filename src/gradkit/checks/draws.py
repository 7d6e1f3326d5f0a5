"""Masks of several calls: outputs for one input in, nothing or how alike they are out."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradkit.checks.arrays import as_array, check_shape
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
    """Check that calls on the same `x` draw independent masks; right masks fail with probability <= `alpha`.

    Each two calls are compared unit by unit: independent masks agree at a unit with probability p^2 + (1 - p)^2, so the
    number of agreeing units is binomial and the test exact; alpha is shared out among the comparisons. `x` has no
    zeros.

    Raises CheckFailure with both shares.
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
    """Check that two calls with the same seed gave the same array, bit for bit in its values."""
    a = as_array(first, name, case=case)
    b = check_shape(second, a.shape, name=name, case=case)
    same = (a == b) | ((a != a) & (b != b))
    if not same.all():
        wrong = int(np.count_nonzero(~same))
        fail(name, f"two calls with the same seed differ in {wrong} of {count(a.size, 'elements')}", case)
