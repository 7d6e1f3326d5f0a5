"""Shares of units in, bars against the shares that were asked for out, and the same in words."""

import math
from collections.abc import Sequence

from gradkit.feedback.svg import Drawing, filled, frame, lines, rectangle, text
from gradkit.results import Share

MAX_ROWS = 6

_BLUE = "rgb(47,125,225)"
_WIDTH = 360.0
_LEFT, _RIGHT = 6.0, 354.0
_ROW = 52.0
_BAR_TOP, _BAR = 18.0, 12.0
_LONGEST_CASE = 40
_SCALE = 14.0
_LABEL = 90.0


def draw_shares(rows: Sequence[Share]) -> Drawing:
    """One row a case: a bar for the student's share, a triangle below it at the share that was asked for."""
    shown = rows[:MAX_ROWS]
    height = _ROW * len(shown) + _SCALE
    content = "".join(_row(share, _ROW * number) for number, share in enumerate(shown))
    return Drawing(_WIDTH, height, content + _scale(height - 3))


def all_shares(rows: Sequence[Share]) -> str:
    """Every number, of the cases that are not drawn too."""
    return "; ".join("{}: yours {}, asked {}".format(share.case, *_percentages(share)) for share in rows) + "."


def more_cases(rows: Sequence[Share]) -> str:
    """What to say below the picture where not all cases are drawn."""
    more = len(rows) - MAX_ROWS
    return f"And {more} more case{'s' if more > 1 else ''}." if more > 0 else ""


def _row(share: Share, top: float) -> str:
    got, expected = _percentages(share)
    bar, at = top + _BAR_TOP, _place(share.expected)
    bottom = bar + _BAR
    fits = at + _LABEL < _RIGHT
    quarters = "".join(f"M{_place(quarter):g} {bar:g}v{_BAR:g}" for quarter in (0.25, 0.5, 0.75))
    return "".join(
        (
            text(_LEFT, top + 12, _shortened(share.case)),
            text(_RIGHT, top + 12, f"yours {got}", anchor="end", bold=True),
            filled(rectangle(_LEFT, bar, _place(share.got) - _LEFT, _BAR), _BLUE, 1),
            lines(quarters, opacity=0.3),
            frame(_LEFT, bar, _RIGHT - _LEFT, _BAR),
            lines(f"M{at:g} {bar - 3:g}V{bottom + 3:g}", width=2.5),
            filled(f"M{at:g} {bottom + 1:g}l-5 9h10z", "currentColor", 1),
            text(at + (9 if fits else -9), bottom + 12, f"asked {expected}", anchor="start" if fits else "end"),
        )
    )


def _scale(y: float) -> str:
    places = ((0.0, "start"), (0.25, "middle"), (0.5, "middle"), (0.75, "middle"), (1.0, "end"))
    return "".join(
        text(
            _place(share) + {"start": -_LEFT, "end": _LEFT}.get(anchor, 0),
            y,
            f"{share:.0%}".replace("%", " %"),
            anchor=anchor,
            size=10,
        )
        for share, anchor in places
    )


def _place(share: float) -> float:
    inside = min(max(share, 0.0), 1.0) if math.isfinite(share) else 0.0
    return round(_LEFT + (_RIGHT - _LEFT) * inside, 1)


def _percentages(share: Share) -> tuple[str, str]:
    """The student's share and the one that was asked for, with as many digits as it takes to see that they differ."""
    for digits in (1, 2, 3, 4):
        texts = _percent(share.got, digits), _percent(share.expected, digits)
        if texts[0] != texts[1] or share.got == share.expected:
            break
    return texts


def _percent(share: float, digits: int) -> str:
    if not math.isfinite(share):
        return "no number"
    return f"{100 * share + 0.0:.{digits}f}".rstrip("0").rstrip(".") + " %"


def _shortened(case: str) -> str:
    line = " ".join(case.split())
    return line if len(line) <= _LONGEST_CASE else f"{line[: _LONGEST_CASE - 1].rstrip()}…"
