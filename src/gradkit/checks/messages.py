"""Words and numbers of a failure: place, fact and case in, one line for a student out."""

from collections.abc import Mapping
from typing import NoReturn

import numpy as np

from gradkit.errors import CheckFailure


def fail(place: str, fact: str, case: str | None = None, picture: Mapping[str, object] | None = None) -> NoReturn:
    """Raise the CheckFailure `place: fact (case)`."""
    raise CheckFailure(f"{place}: {fact}" + (f" ({case})" if case else ""), picture)


def element(name: str, index: tuple[int, ...]) -> str:
    """Name one element as Python would: `dw[2, 0, 1, 1]`; a 0-d array is its own element."""
    return f"{name}[{', '.join(str(int(i)) for i in index)}]" if index else name


def number(value: float, digits: int = 6) -> str:
    """Write a number with so many significant digits and no needless zeros or signs of zero."""
    return f"{float(value) + 0.0:.{digits}g}"


def pair(expected: float, got: float) -> tuple[str, str]:
    """Write two numbers with as many digits as it takes to see that they differ."""
    for digits in (6, 9, 12, 17):
        texts = number(expected, digits), number(got, digits)
        if texts[0] != texts[1]:
            break
    return texts


def percent(fraction: float) -> str:
    """Write a fraction as a percentage with one decimal."""
    text = f"{100 * fraction:.1f}"
    return f"{text.removesuffix('.0')} %"


def count(n: int, what: str) -> str:
    """Write a number of things, thousands apart: `25 000 units`."""
    return f"{n:,} {what}".replace(",", " ") if n != 1 else f"1 {what.removesuffix('s')}"


def rarity(alpha: float) -> str:
    """Write a false-failure probability as a student reads it: `once in 10^12`."""
    return f"once in 10^{int(np.floor(-np.log10(alpha)))}"


def axes(indices: tuple[int, ...]) -> str:
    """Name axes: `axis 1`, `axes 2 and 3`."""
    if len(indices) == 1:
        return f"axis {indices[0]}"
    return f"axes {', '.join(map(str, indices[:-1]))} and {indices[-1]}"
