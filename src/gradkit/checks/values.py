"""Values against an oracle: a student's array and the expected one in, nothing or the worst element out."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gradkit.checks.arrays import check_finite, check_shape
from gradkit.checks.messages import count, element, fail, number, pair
from gradkit.checks.patterns import describe_pattern
from gradkit.checks.pictures import heat_map
from gradkit.checks.tolerances import relative_tolerance


@np.errstate(all="ignore")
def check_values(
    got: object,
    expected: ArrayLike,
    *,
    name: str,
    case: str | None = None,
    rtol: float | None = None,
    scale: float | None = None,
) -> NDArray[Any]:
    """Check that `got` has the shape and, up to rounding, the values of `expected`; return it as an ndarray.

    An element passes if `|got - expected| <= rtol * max(|expected|, scale)`. `scale` is by default the largest
    `|expected|`: rounding errors in an element of a sum follow the terms, not the result, which may nearly cancel. So
    the tolerance grows and shrinks with the problem, and zeros never pass for a small gradient; where every expected
    element is zero, only zeros pass unless `scale` says how large a term can be. `rtol` is by default
    `relative_tolerance` of the dtypes.

    Raises CheckFailure with the worst element, both numbers, their ratio, and the pattern of the differences if one is
    seen: a common factor, flipped signs, zeros, swapped or reversed axes, a common offset, where the wrong ones lie. Also
    where the shape is another, or an element is NaN or infinite.

    >>> check_values(np.array([-1.0, -2.0, -3.0]), [1.0, 2.0, 3.0], name="dx")
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: dx[2]: expected 3, got -3, ratio -1; every element has the opposite sign
    """
    wanted = np.asarray(expected)
    array = check_shape(got, wanted.shape, name=name, case=case)
    check_finite(array, name=name, case=case)
    if wanted.size == 0:
        return array
    tolerance = relative_tolerance(wanted, array) if rtol is None else rtol
    a, b = array.astype(np.float64), wanted.astype(np.float64)
    size = np.maximum(np.abs(b), float(np.abs(b).max()) if scale is None else scale)
    error = np.abs(a - b)
    wrong = ~(error <= tolerance * size) | ~np.isfinite(b)  # NaN never passes
    if wrong.any():
        index = np.unravel_index(int(np.argmax(error)), error.shape)
        fact = _describe(float(b[index]), float(a[index]), int(np.count_nonzero(wrong)), a.size)
        pattern = describe_pattern(a, b, wrong, tolerance)
        place = element(name, tuple(map(int, index)))
        fail(place, fact + (f"; {pattern}" if pattern else ""), case, heat_map(name, error, wrong))
    return array


def check_identity(got: object, x: ArrayLike, *, name: str = "out", case: str | None = None) -> NDArray[Any]:
    """Check that a layer hands its input on unchanged: `got` has the values of `x`, be it `x` itself or a copy.

    The tolerance is that of `check_values`, and so is what it raises.

    >>> check_identity(np.array([0.5, 1.0]), np.array([1.0, 2.0]), case="in test mode")
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: out[1]: expected 2, got 1, ratio 0.5; every element differs by the same factor, 0.5 (1/2) ...
    """
    return check_values(got, x, name=name, case=f"{case}; the output is to equal the input" if case else None)


def _describe(expected: float, got: float, wrong: int, size: int) -> str:
    texts = pair(expected, got)
    fact = f"expected {texts[0]}, got {texts[1]}"
    ratio = got / expected if abs(expected) > np.finfo(np.float64).tiny else np.inf
    if got:
        fact += f", ratio {number(ratio)}" if np.isfinite(ratio) else f", off by {number(got - expected)}"
    return fact + (f"; {wrong} of {count(size, 'elements')} differ" if 1 < wrong < size else "")
