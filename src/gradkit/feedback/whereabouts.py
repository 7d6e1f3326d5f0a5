"""How far each cell of a slice is off in, words for which of them are off out."""

import math
import re
from collections.abc import Mapping, Sequence

Cells = Sequence[Sequence[float]]

_FEW = 4


def strength(value: float) -> float:
    """How far a cell is off, from 0 to 1; what is no number is off the most."""
    return min(max(value, 0.0), 1.0) if math.isfinite(value) else 1.0


def where_it_is_off(cells: Cells) -> str:
    """How many cells are off, in which rows and columns, and where the most."""
    all_cells = {(row, column): strength(value) for row, line in enumerate(cells) for column, value in enumerate(line)}
    off = {place: how_far for place, how_far in all_cells.items() if how_far}
    if not off:
        return f"None of the {len(all_cells)} cells is off."
    if len(off) == len(all_cells):
        words = f"All of the {len(all_cells)} cells are off"
    else:
        verb = "is" if len(off) == 1 else "are"
        shape = len(cells), max(map(len, cells))
        words = f"{len(off)} of {len(all_cells)} cells {verb} off, {_where(set(off), shape)}"
    words += _worst(off)
    counted = " Rows and columns are counted from 0." if re.search(r"(row|column)s? \d|between", words) else ""
    return f"{words}.{counted}"


def _worst(off: Mapping[tuple[int, int], float]) -> str:
    """The one cell that is off more than all others, if there is one."""
    most = max(off.values())
    worst = [place for place, how_far in off.items() if how_far == most]
    return f", the most at row {worst[0][0]}, column {worst[0][1]}" if len(worst) == 1 < len(off) else ""


def _where(off: set[tuple[int, int]], shape: tuple[int, int]) -> str:
    rows, columns = shape
    inside = {(row, column) for row, column in off if 0 < row < rows - 1 and 0 < column < columns - 1}
    if inside or min(shape) <= 2:
        return _rows_and_columns(off, shape)
    if len(off) == 2 * (rows + columns) - 4:
        return "the whole border"
    return f"all at the border, {_rows_and_columns(off, shape)}"


def _rows_and_columns(off: set[tuple[int, int]], shape: tuple[int, int]) -> str:
    rows, columns = sorted({row for row, _ in off}), sorted({column for _, column in off})
    if (len(rows), len(columns)) == shape:
        return "spread over all rows and columns"
    return f"in {_indices('row', rows, shape[0])} and {_indices('column', columns, shape[1])}"


def _indices(what: str, found: Sequence[int], total: int) -> str:
    """Indices in words: `row 3`, `rows 0 to 5`, `columns 0, 2 and 4`, `12 rows between 1 and 23`."""
    first, last = found[0], found[-1]
    if len(found) == 1:
        return f"{what} {first}" if total > 1 else f"the only {what}"
    if len(found) == total:
        return f"all {what}s"
    if last - first + 1 == len(found):
        return f"{what}s {first} {'to' if len(found) > 2 else 'and'} {last}"
    if len(found) <= _FEW:
        return f"{what}s {', '.join(map(str, found[:-1]))} and {last}"
    return f"{len(found)} {what}s between {first} and {last}"
