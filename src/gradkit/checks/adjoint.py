"""The dot-product test: a linear map and its supposed adjoint in, nothing or the mismatch out."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradkit.checks.arrays import check_finite, check_shape
from gradkit.checks.messages import fail, number, pair
from gradkit.checks.tolerances import precision


@np.errstate(all="ignore")
def check_adjoint(
    forward_linear: Callable[[NDArray[Any]], object],
    backward: Callable[[NDArray[Any]], object],
    u: NDArray[Any],
    v: NDArray[Any],
    *,
    name: str = "dx",
    case: str | None = None,
    gate: float | None = None,
) -> None:
    """Check that `backward` is the adjoint A* of the linear map A, `forward_linear`: `<A u, v> = <u, A* v>`.

    `u` has the shape of A's input, `v` that of its output; draw both at random. An affine layer is made linear by
    setting its bias to zero. The residual `|<A u, v> - <u, A* v>|` may be at most `gate * |A u| * |v|` (Euclidean norms).
    This tolerance, `gate`, is by default 1e-12 if all four arrays are float64, and 1e-5 with a coarser dtype among them;
    rounding alone gives some 1e-16 and 1e-7 (Claerbout, Earth Soundings Analysis, the dot-product test). It proves that
    backward belongs to this forward, not that the forward is the right one.

    Raises CheckFailure, also where `A u` is zero: a map that gives nothing proves nothing.

    >>> rng = np.random.default_rng(0)
    >>> w, u, v = (rng.standard_normal(shape) for shape in ((4, 3), 3, 4))
    >>> check_adjoint(lambda u: w @ u, lambda v: w.T @ v, u, v)
    >>> check_adjoint(lambda u: w @ u, lambda v: 2.0 * (w.T @ v), u, v)
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: dx: not the gradient of the forward pass: <forward(u), v> = 3.08453 but <u, dx(v)> = 6.16906 ...
    """
    image = check_finite(check_shape(forward_linear(u.copy()), v.shape, name="out", case=case), name="out", case=case)
    pulled = check_finite(check_shape(backward(v.copy()), u.shape, name=name, case=case), name=name, case=case)
    left, right = _inner(image, v), _inner(u, pulled)
    size = float(np.linalg.norm(image.astype(np.float64)) * np.linalg.norm(v.astype(np.float64)))
    if size == 0:
        fail("out", "the linear part of the forward pass is zero, so its gradient can't be checked", case)
    eps = max(precision(array) for array in (image, pulled, u, v))
    limit = gate if gate is not None else (1e-12 if eps <= np.finfo(np.float64).eps else 1e-5)
    if not abs(left - right) <= limit * size:  # also where a sum overflowed to NaN
        texts = pair(left, right)
        fact = f"<forward(u), v> = {texts[0]} but <u, {name}(v)> = {texts[1]} for random u, v"
        off = number(abs(left - right) / size, 3)
        fail(name, f"not the gradient of the forward pass: {fact}; relative difference {off}", case)


def _inner(a: NDArray[Any], b: NDArray[Any]) -> float:
    return float(np.sum(a.astype(np.float64) * b.astype(np.float64)))
