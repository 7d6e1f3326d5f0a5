"""How far each cell of a slice is off in, a grid of one hue out."""

import math
from collections import defaultdict

from gradkit.feedback.svg import Drawing, filled, frame, lines, rectangle, text
from gradkit.feedback.whereabouts import Cells, strength

_RED = "rgb(214,69,40)"
_LARGEST = 280.0
_LARGEST_CELL = 24.0
_LEFT, _TOP = 22.0, 14.0
_LEGEND_WIDTH, _LEGEND_HEIGHT = 210.0, 26.0
_STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
_FAINTEST = 0.3


def draw_heat_map(cells: Cells) -> Drawing:
    """The grid with the numbers of its first and last row and column, and a legend below."""
    rows, columns = len(cells), max(map(len, cells))
    side = min(_LARGEST_CELL, math.floor(_LARGEST / max(rows, columns)) or _LARGEST / max(rows, columns))
    width, height = side * columns, side * rows
    content = (
        _grid(cells, side)
        + (_rules(rows, columns, side) if side >= 6 else "")
        + frame(_LEFT, _TOP, width, height)
        + _numbers(rows, columns, side)
        + _legend(_TOP + height + _LEGEND_HEIGHT - 6)
    )
    return Drawing(max(_LEFT + width + 2, _LEGEND_WIDTH), _TOP + height + _LEGEND_HEIGHT, content)


def _grid(cells: Cells, side: float) -> str:
    paths: defaultdict[float, str] = defaultdict(str)
    for row, line in enumerate(cells):
        for column, value in enumerate(line):
            if strength(value):
                paths[_alpha(strength(value))] += rectangle(_LEFT + side * column, _TOP + side * row, side, side)
    return "".join(filled(path, _RED, alpha) for alpha, path in sorted(paths.items()))


def _alpha(step: float) -> float:
    """What is off at all can be told from what is right."""
    return round(_FAINTEST + (1 - _FAINTEST) * step, 2) if step else 0.0


def _rules(rows: int, columns: int, side: float) -> str:
    across = "".join(f"M{_LEFT:g} {_TOP + side * row:g}h{side * columns:g}" for row in range(1, rows))
    down = "".join(f"M{_LEFT + side * column:g} {_TOP:g}v{side * rows:g}" for column in range(1, columns))
    return lines(across + down, opacity=0.2)


def _numbers(rows: int, columns: int, side: float) -> str:
    down = "".join(
        text(_LEFT - 4, _TOP + side * (row + 0.5) + 4, str(row), anchor="end", size=10) for row in sorted({0, rows - 1})
    )
    across = "".join(
        text(_LEFT + side * (column + 0.5), _TOP - 4, str(column), anchor="middle", size=10)
        for column in sorted({0, columns - 1})
    )
    return down + across


def _legend(y: float) -> str:
    swatches = "".join(
        filled(rectangle(56 + 16 * number, y - 10, 16, 12), _RED, _alpha(step)) for number, step in enumerate(_STEPS)
    )
    return text(_LEFT, y, "right") + swatches + frame(56, y - 10, 16 * len(_STEPS), 12) + text(144, y, "off the most")
