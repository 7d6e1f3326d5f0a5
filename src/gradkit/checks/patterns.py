"""What the wrong elements have in common: two arrays of one shape in, half a sentence out."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from gradkit.checks.messages import axes, number

_LARGEST = 1e100  # beyond, sums of squares overflow and every pattern would fit
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Two finite arrays of one shape, and which elements differ by more than `rtol` of their size."""

    got: Floats
    expected: Floats
    wrong: Bools
    rtol: float

    @property
    def scale(self) -> float:
        return max(float(np.abs(self.got).max()), float(np.abs(self.expected).max()))


def describe_pattern(got: Floats, expected: Floats, wrong: Bools, rtol: float) -> str:
    """Return the first pattern that explains all the differences between two finite arrays, or an empty string.

    `wrong` marks the elements that differ by more than `rtol` of their size. The patterns never tell a value.
    """
    if not got.any():
        return "every element is zero" if wrong.all() else "every element came out as zero"
    compared = _Comparison(got, expected, wrong, rtol)
    if got.size < 2 or compared.scale > _LARGEST:
        return ""
    patterns = (_common_factor, _rearranged, _common_offset, _common_place, _wrong_zeros)
    return next((text for pattern in patterns if (text := pattern(compared))), "")


def _close(a: Floats, b: Floats, rtol: float) -> bool:
    scale = max(float(np.abs(a).max()), float(np.abs(b).max()))
    return bool((np.abs(a - b) <= 4 * rtol * scale).all())


def _common_factor(seen: _Comparison) -> str:
    who = "every element" if seen.wrong.all() else "each of them"
    for chosen in (np.ones_like(seen.wrong), seen.wrong):
        got, expected = seen.got[chosen], seen.expected[chosen]
        norm = float(np.sum(expected * expected))
        factor = float(np.sum(got * expected)) / norm if norm else 0.0
        if len(got) > 1 and factor and _close(got, factor * expected, seen.rtol):
            if abs(factor + 1) <= 4 * seen.rtol:
                return f"{who} has the opposite sign"
            return f"{who} differs by the same factor, {_fraction(factor, seen.rtol)}"
    return ""


def _fraction(factor: float, rtol: float) -> str:
    simple = Fraction(factor).limit_denominator(32)
    if simple.denominator == 1 or abs(float(simple) - factor) > 4 * rtol * abs(factor):
        return number(factor)
    return f"{number(factor)} ({simple})"


def _rearranged(seen: _Comparison) -> str:
    for amount in (1, 2):
        for chosen in combinations(range(seen.expected.ndim), amount):
            if _close(seen.got, np.flip(seen.expected, chosen), seen.rtol):
                return f"these are the expected values in reversed order along {axes(chosen)}"
    for chosen in combinations(range(seen.expected.ndim), 2):
        swapped = np.swapaxes(seen.expected, *chosen)
        if swapped.shape == seen.got.shape and _close(seen.got, swapped, seen.rtol):
            return f"these are the expected values with {axes(chosen)} swapped"
    if _close(np.sort(seen.got, axis=None), np.sort(seen.expected, axis=None), seen.rtol):
        return "the values are right and stand in other places"
    return ""


def _common_offset(seen: _Comparison) -> str:
    offset = seen.got - seen.expected
    if np.ptp(offset) <= 4 * seen.rtol * seen.scale:
        return "every element is off by the same amount"
    for axis in range(offset.ndim) if offset.ndim > 1 else ():
        others = tuple(other for other in range(offset.ndim) if other != axis)
        many = offset.size > offset.shape[axis]
        if many and (np.ptp(offset, axis=others) <= 4 * seen.rtol * seen.scale).all():
            return f"elements with the same index on axis {axis} are all off by the same amount"
    return ""


def _common_place(seen: _Comparison) -> str:
    for axis in range(seen.wrong.ndim):
        others = tuple(other for other in range(seen.wrong.ndim) if other != axis)
        hit = np.flatnonzero(seen.wrong.any(axis=others))
        length = seen.wrong.shape[axis]
        if len(hit) == 1 and length > 1:
            return f"all of them at index {hit[0]} of axis {axis}"
        if length > 2 and len(hit) == length - 1 and hit[0] == 1:
            return f"none of them at index 0 of axis {axis}"
    if seen.wrong.ndim >= 2 and min(seen.wrong.shape[-2:]) >= 3 and not seen.wrong[..., 1:-1, 1:-1].any():
        return "all of them at the border of the last two axes"
    return ""


def _wrong_zeros(seen: _Comparison) -> str:
    return "all of them came out as zero" if seen.wrong.sum() > 1 and not seen.got[seen.wrong].any() else ""
