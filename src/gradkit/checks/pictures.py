"""What a picture of a failed check shows: numbers in, plain values that a page can draw out."""

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST_SIDE = 24


def heat_map(name: str, error: NDArray[np.float64], wrong: NDArray[np.bool_]) -> dict[str, object] | None:
    """Where an array is off, in the last two axes at its worst element; None where that shows no place.

    Numbers from 0 (right) to 1 (off the most). Nothing is drawn where every element of the slice is wrong, or the array has
    one axis or none; of more than 24 rows or columns, neighbours share a cell that shows the worst of them.
    """
    if error.ndim < 2:
        return None
    worst = np.unravel_index(int(np.argmax(np.where(wrong, error, 0.0))), error.shape)[:-2]
    off = np.where(wrong, error, 0.0)[worst]
    largest = float(off.max(initial=0.0))
    if not 0.0 < largest < np.inf or wrong[worst].all() or off.size < 4:
        return None
    cells = _pooled(_pooled(off / largest).T).T
    index = "".join(f"{int(i)}, " for i in worst)
    place = f"{name}[{index.removesuffix(', ')}]" if worst else name
    return {
        "kind": "heat_map",
        "title": f"Where {place} is off",
        "cells": tuple(tuple(round(float(cell), 4) for cell in row) for row in cells),
    }


def shares(title: str, case: str, got: float, expected: float) -> dict[str, object]:
    """A share against the one that was asked for, both from 0 to 1."""
    return {"kind": "shares", "title": title, "rows": ({"case": case, "got": got, "expected": expected},)}


def _pooled(values: NDArray[Any]) -> NDArray[Any]:
    """At most so many rows, each the largest of its group."""
    rows = len(values)
    if rows <= LARGEST_SIDE:
        return values
    edges = np.linspace(0, rows, LARGEST_SIDE + 1).astype(int)
    return np.stack([values[a:b].max(axis=0) for a, b in pairwise(edges)])
