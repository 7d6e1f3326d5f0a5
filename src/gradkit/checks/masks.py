"""Dropout masks seen from outside: a layer's output and input in, nothing or what is wrong with the mask out.

The mask is never asked for. In training mode an inverted dropout layer gives out = x * M / p with M of zeros and ones,
so where x is not zero, out / x shows it; any cache, any way of drawing it will do.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradkit.checks.arrays import check_finite, check_shape
from gradkit.checks.binomial import accepted_counts
from gradkit.checks.messages import count, element, fail, number, percent, rarity
from gradkit.checks.pictures import shares
from gradkit.checks.tolerances import relative_tolerance

DEFAULT_ALPHA = 1e-12


@np.errstate(all="ignore")  # infinity is a factor like any other that is wrong
def mask_factors(out: object, x: NDArray[Any], name: str, case: str | None) -> NDArray[np.float64]:
    """Return out / x, in the shape of `x`; ValueError if `x` holds a zero, CheckFailure if `out` is no such array."""
    if x.size == 0 or not x.all():
        raise ValueError("the mask shows only where x is not zero")
    array = check_finite(check_shape(out, x.shape, name=name, case=case), name=name, case=case)
    return np.asarray(array.astype(np.float64) / x.astype(np.float64))


@np.errstate(all="ignore")
def check_value_set(
    out: object, x: NDArray[Any], *, p: float, name: str = "out", case: str | None = None, rtol: float | None = None
) -> None:
    """Check that every element of `out` is 0 or x / p, and that some element is kept.

    `out` has the shape of `x`, which has no zeros; `p` is the probability to keep, `0 < p <= 1`. A factor `out / x` passes
    if it is 0 or `|out / x - 1 / p| <= rtol / p`; `rtol` is by default `relative_tolerance` of the dtypes. No statistics
    but one: that nothing is kept happens to a right mask with probability `(1 - p)^x.size`.

    Raises CheckFailure with the factor that came in place of `1 / p`.

    >>> x = np.array([1.0, 2.0, 3.0, 4.0])
    >>> check_value_set(x * [0.0, 4.0, 4.0, 0.0], x, p=0.25)
    >>> check_value_set(x * [0.0, 1.0, 1.0, 0.0], x, p=0.25)
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: out[1]: expected 0 or x * 4 (x / p at p = 0.25), got x * 1; every unit that is kept ...
    """
    factors = mask_factors(out, x, name, case)
    tolerance = relative_tolerance(x, np.asarray(out)) if rtol is None else rtol
    kept = factors != 0
    if not kept.any():
        fail(name, f"every element is zero; at p = {number(p)} some units are kept", case)
    wrong = kept & ~(np.abs(factors - 1 / p) <= tolerance / p)
    if not wrong.any():
        return
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    first = float(factors[index])
    same = bool((np.abs(factors[kept] - first) <= tolerance * abs(first)).all())
    fact = f"expected 0 or x * {number(1 / p)} (x / p at p = {number(p)}), got x * {number(first)}"
    extent = (
        "every unit that is kept has this factor"
        if same
        else (f"{np.count_nonzero(wrong)} of {count(x.size, 'elements')} are neither")
    )
    fail(element(name, index), f"{fact}; {extent}", case)


def check_keep_probability(
    out: object,
    x: NDArray[Any],
    *,
    p: float,
    alpha: float = DEFAULT_ALPHA,
    name: str = "out",
    case: str | None = None,
) -> None:
    """Check that the share of units kept (out != 0) is p, up to chance; a right mask fails with probability at most `alpha`.

    `out` has the shape of `x`, which has no zeros; give it both signs, and a ReLU in the layer shows too. The units of a
    right mask are kept independently with probability p, so their number is binomial, and the test is exact: a count k is
    rejected if `P(K <= k) < alpha / 2` or `P(K >= k) < alpha / 2` for K from Binomial(x.size, p) (Clopper and Pearson,
    Biometrika 26, 1934). With n units it sees a keep probability q that is off by about
    `|q - p| > 7 (sqrt(p (1 - p)) + sqrt(q (1 - q))) / sqrt(n)` all but surely: 4000 units tell p = 0.9 from the 0.816
    that `randn < p` gives.

    Raises CheckFailure with both shares, the number of units and the range that chance allows; ValueError if the sample
    is so small that no share could be told from p.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.uniform(1.0, 2.0, size=(100, 80))
    >>> check_keep_probability(x * (rng.standard_normal(x.shape) < 0.25), x, p=0.25)
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: out: keeps 59 % of the units at p = 0.25, expected 25 % (from 8 000 units; ...
    """
    kept = mask_factors(out, x, name, case) != 0
    low, high = accepted_counts(x.size, p, alpha)
    if low == 0 and high == x.size:
        raise ValueError(f"{x.size} units can't show a keep probability at alpha {alpha:g}")
    number_kept = int(np.count_nonzero(kept))
    if low <= number_kept <= high:
        return
    fact = f"keeps {percent(number_kept / x.size)} of the units at p = {number(p)}, expected {percent(p)}"
    if p == 1:
        fail(name, f"{fact}: at p = 1 nothing is dropped", case)
    limits = f"{percent(low / x.size)} to {percent(high / x.size)}"
    fact += (
        f" (from {count(x.size, 'units')}; a right mask keeps {limits}, and something else less than {rarity(alpha)})"
    )
    picture = shares("The share of kept units", f"p = {number(p)}", number_kept / x.size, p)
    fail(name, fact + _explain_signs(kept, x), case, picture)


def _explain_signs(kept: NDArray[np.bool_], x: NDArray[Any]) -> str:
    for sign, which in (("negative", x < 0), ("positive", x > 0)):
        if which.any() and not which.all() and not kept[which].any() and kept.any():
            return f"; no {sign} input is kept"
    return ""


@np.errstate(all="ignore")
def check_mixed_mask(
    out: object, x: NDArray[Any], *, share: float = 0.0, name: str = "out", case: str | None = None
) -> NDArray[np.float64]:
    """Check that a layer treats units differently, and return its factors out / x, in the shape of `x`.

    No factor may be common to a share `1 - share` or more of the units: a layer that drops nothing, drops everything or
    scales all units alike fails. Factors are the same that agree, relative to the largest, in 6 decimals. It is a
    precondition of other checks, such as that of a backward pass against the mask of its own forward pass, and says nothing
    of the right mask. A right mask fails with the probability that at most `share * x.size` units are dropped, or kept.
    `out` has the shape of `x`, which has no zeros.

    Raises CheckFailure.

    >>> x = np.array([1.0, 2.0, 4.0])
    >>> check_mixed_mask(np.array([0.0, 4.0, 8.0]), x)
    array([0., 2., 2.])
    >>> check_mixed_mask(2.0 * x, x)
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: out: no unit is dropped
    """
    factors = mask_factors(out, x, name, case)
    largest = float(np.abs(factors).max())
    values, counts = np.unique(np.round(factors / (largest or 1.0), 6), return_counts=True)
    if counts.max() >= (1 - share) * x.size:
        what = "every unit is dropped" if values[counts.argmax()] == 0 else "no unit is dropped"
        fail(name, what if counts.max() == x.size else f"{what}, or nearly so", case)
    return factors
