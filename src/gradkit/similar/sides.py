"""A student's texts and the fingerprints that two share in; the lines to show, and which of them are alike, out."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradkit.results import SimilarSide
from gradkit.similar.fingerprints import LENGTH, Hashes, fingerprints

MAX_LINES = 200
"""Lines of one side."""
MAX_WIDTH = 160
"""Characters of one line."""
ABOVE = 5
"""Lines before the first that is alike, where a side is longer than MAX_LINES."""
_TELLING = 10
"""Characters of a comment that two would hardly both write."""
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Side:
    """What one student wrote: the texts of the cells."""

    student: str
    texts: list[str]


def side_of(side: Side, other: Side, shared: Hashes, known: frozenset[str]) -> SimilarSide:
    """The cells of one side that have something of `shared`, as handed in, in bounds.

    A line is alike where most of its code is in passages that both have, and where it is a comment that the other has word
    for word and nobody gave them (`known`).
    """
    comments = _comments(other.texts) - known
    lines: list[str] = []
    alike: list[bool] = []
    for text in side.texts:
        marked = _marked(text, shared)
        if not marked.any():
            continue
        if lines:
            lines.append("")
            alike.append(False)
        for line, is_alike in zip(text.split("\n"), marked, strict=True):
            lines.append(line)
            alike.append(bool(is_alike) or line.strip() in comments)
    return SimilarSide(side.student, *_within_bounds(lines, alike))


def _marked(text: str, shared: Hashes) -> NDArray[np.bool_]:
    """Of each line whether most of its code is in a passage that is shared."""
    found = fingerprints(text)
    covered = np.zeros(len(found.lines) + 1, np.int64)
    starts = found.places[np.isin(found.hashes, shared)]
    np.add.at(covered, starts, 1)
    np.add.at(covered, starts + LENGTH, -1)
    inside = np.cumsum(covered)[:-1] > 0
    count = text.count("\n") + 1
    there = np.bincount(found.lines, minlength=count)
    return np.bincount(found.lines, weights=inside, minlength=count) * 2 > there


def _comments(texts: list[str]) -> set[str]:
    lines = (line.strip() for text in texts for line in text.split("\n"))
    return {line for line in lines if line.startswith("#") and len(line) > _TELLING}


def _within_bounds(lines: list[str], alike: list[bool]) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    start = max(0, alike.index(True) - ABOVE) if len(lines) > MAX_LINES else 0
    end = min(len(lines), start + MAX_LINES)
    shown, marks = [_shown(line) for line in lines[start:end]], alike[start:end]
    if start:
        shown, marks = [f"… {start} lines above", *shown], [False, *marks]
    if end < len(lines):
        shown, marks = [*shown, f"… {len(lines) - end} lines below"], [*marks, False]
    return tuple(shown), tuple(marks)


def _shown(line: str) -> str:
    line = _UNSHOWABLE.sub("\ufffd", line)
    return line if len(line) <= MAX_WIDTH else line[: MAX_WIDTH - 1] + "…"
