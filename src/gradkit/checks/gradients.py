"""Gradients by central differences: a forward function and a gradient in, nothing or the worst mismatch out."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gradkit.checks.arrays import check_finite, check_shape
from gradkit.checks.messages import fail, number, pair
from gradkit.checks.tolerances import precision, relative_tolerance
from gradkit.checks.values import check_values

Forward = Callable[[NDArray[Any]], object]


@np.errstate(all="ignore")
def check_gradient(
    forward: Forward,
    x: ArrayLike,
    dout: ArrayLike,
    gradient: object,
    *,
    name: str = "dx",
    case: str | None = None,
    affine: bool = False,
    directions: int | None = None,
    rng: np.random.Generator | None = None,
    step: float | None = None,
    rtol: float | None = None,
) -> None:
    """Check that `gradient` is the vector-Jacobian product `dx = J(x)^T dout` of `forward` at `x`.

    `x` and `gradient` have one shape; `dout`, the upstream gradient, has that of `forward(x)`; float dtypes.
    Numerically `<dx, u> = <dout, forward(x + h u) - forward(x - h u)> / (2 h)`, the central difference along `u`. By
    default `u` runs over all unit vectors, `2 * x.size` calls, and the message names the element; with `directions` it is
    so many random directions from `rng` instead, two calls each, which a wrong gradient passes with probability zero.

    Step and tolerance: the error is about `eps |f| / h + h^2 |f'''| / 6`, least near `h = eps^(1/3) max(1, |x|)`: 6e-6 in
    float64, 5e-3 in float32 (Nocedal and Wright, Numerical Optimization, section 8.1), and then about `eps^(2/3)`; the
    tolerance is `eps^(1/3)`, by elements relative to the largest element, in a direction to `|dout| * |J u|`. An `affine`
    function has no truncation error, so its step is as large as `x` itself and its tolerance that of `check_values`; that
    it is affine is checked too. `step` is `h` and `rtol` the tolerance, where they are given.

    Raises CheckFailure; also where `forward` returns something else than a finite array of the shape of `dout`, and with
    `directions` where its value does not depend on `x`.

    >>> rng = np.random.default_rng(0)
    >>> x, dout = rng.standard_normal((2, 3)), rng.standard_normal((2, 3))
    >>> check_gradient(np.tanh, x, dout, dout * (1 - np.tanh(x) ** 2))
    >>> check_gradient(np.tanh, x, dout, dout * (1 - np.tanh(x)))
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: dx[1, 1]: expected -0.473808, got -0.928494, ratio 1.95964
    """
    point, upstream = np.asarray(x), np.asarray(dout)
    point = point if point.dtype.kind == "f" else point.astype(np.float64)
    got = check_finite(check_shape(gradient, point.shape, name=name, case=case), name=name, case=case)

    def evaluate(at: NDArray[Any]) -> NDArray[np.float64]:
        out = check_shape(forward(at.astype(point.dtype)), upstream.shape, name="out", case=case)
        return check_finite(out, name="out", case=case).astype(np.float64)

    eps = precision(point)
    size = max(1.0, float(np.abs(point).max(initial=0.0)))
    h = step if step is not None else size * (1.0 if affine else eps ** (1 / 3))
    exact = relative_tolerance(point, point)
    tolerance = rtol if rtol is not None else (exact if affine else eps ** (1 / 3))
    difference = _Difference(evaluate, point, upstream.astype(np.float64), h)
    if affine:
        _check_affine(difference, rng or np.random.default_rng(0), exact, case)
    if directions is None:
        check_values(got, difference.gradient(), name=name, case=case, rtol=tolerance)
        return
    generator = rng or np.random.default_rng(0)
    for _ in range(directions):
        u = generator.standard_normal(point.shape)
        _check_direction(difference, got.astype(np.float64), u, tolerance, name, case)


class _Difference:
    """Central differences of <dout, forward(x)> with one step."""

    def __init__(
        self,
        evaluate: Callable[[NDArray[Any]], NDArray[np.float64]],
        point: NDArray[Any],
        dout: NDArray[np.float64],
        h: float,
    ) -> None:
        self.evaluate, self.point, self.dout, self.h = evaluate, point, dout, h

    def along(self, u: NDArray[np.float64]) -> tuple[float, float]:
        """Return the derivative along `u`, and the size |dout| |J u| to which its error is relative."""
        ahead, behind = (self.evaluate((self.point + sign * self.h * u).astype(self.point.dtype)) for sign in (1, -1))
        change = (ahead - behind) / (2 * self.h)
        return float(np.sum(self.dout * change)), float(np.linalg.norm(self.dout) * np.linalg.norm(change))

    def gradient(self) -> NDArray[np.float64]:
        """Return the derivative along every unit vector, in the shape of x."""
        result = np.zeros(self.point.shape)
        for index in np.ndindex(self.point.shape):
            unit = np.zeros(self.point.shape)
            unit[index] = 1.0
            result[index] = self.along(unit)[0]
        return result


def _check_affine(difference: _Difference, rng: np.random.Generator, rtol: float, case: str | None) -> None:
    u = difference.h * rng.standard_normal(difference.point.shape)
    ahead, here, behind = (difference.evaluate(difference.point + k * u) for k in (1, 0, -1))
    bend = float(np.abs(ahead - 2 * here + behind).max(initial=0.0))
    if not bend <= 4 * rtol * float(max(np.abs(part).max(initial=0.0) for part in (ahead, here, behind))):
        fail("out", "the forward pass is not affine: forward(x + u) + forward(x - u) differs from 2 forward(x)", case)


def _check_direction(
    difference: _Difference,
    got: NDArray[np.float64],
    u: NDArray[np.float64],
    rtol: float,
    name: str,
    case: str | None,
) -> None:
    expected, size = difference.along(u)
    value = float(np.sum(got * u))
    if not size > 0:
        fail("out", f"the forward pass does not depend on its argument, so {name} can't be checked", case)
    if not abs(value - expected) <= rtol * max(size, abs(expected)) < np.inf:  # NaN and infinity never pass
        texts = pair(expected, value)
        ratio = f", ratio {number(value / expected)}" if expected else ""
        fact = f"in a random direction u, expected <{name}, u> = {texts[0]}, got {texts[1]}{ratio}"
        fail(name, fact, case)
