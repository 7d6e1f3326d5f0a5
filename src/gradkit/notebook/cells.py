"""What one cell is to nbgrader, and when two cells say the same."""

import re
from functools import lru_cache
from typing import Any

from nbformat import NotebookNode

MAX_REMEMBERED = 10_000
"""Characters of a cell that is remembered."""
_DEFINITION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
_INDENTED_TOO = re.compile(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)


def marks_of(cell: NotebookNode) -> dict[str, Any]:
    """The cell's nbgrader metadata; empty when it has none."""
    marks = cell.metadata.get("nbgrader")
    return marks if isinstance(marks, dict) else {}


def grade_id_of(cell: NotebookNode) -> str | None:
    """The cell's `grade_id`, or None."""
    grade_id = marks_of(cell).get("grade_id")
    return grade_id if isinstance(grade_id, str) and grade_id else None


def is_solution(cell: NotebookNode) -> bool:
    """Whether a student writes into this released cell."""
    return bool(marks_of(cell).get("solution"))


def is_check(cell: NotebookNode) -> bool:
    """Whether this released cell holds visible checks and the marks of a question that hidden tests decide."""
    marks = marks_of(cell)
    return bool(marks.get("grade")) and not marks.get("solution")


def is_written_answer(cell: NotebookNode) -> bool:
    """Whether this released cell is an answer that a person marks."""
    marks = marks_of(cell)
    return bool(marks.get("grade")) and bool(marks.get("solution"))


def is_anchor(cell: NotebookNode) -> bool:
    """Whether nbgrader knows this released cell: graded, locked, a solution or a task."""
    marks = marks_of(cell)
    return grade_id_of(cell) is not None and any(marks.get(key) for key in ("grade", "solution", "locked", "task"))


def is_given(cell: NotebookNode) -> bool:
    """Whether this released cell is the instructor's and not to be edited, checks included."""
    return is_anchor(cell) and not is_solution(cell)


def squeezed(source: str) -> str:
    """The source without any whitespace, for comparing."""
    return _squeezed(source) if len(source) <= MAX_REMEMBERED else "".join(source.split())


@lru_cache(maxsize=512)
def _squeezed(source: str) -> str:
    """Most cells of a class are the release's."""
    return "".join(source.split())


def same_source(one: NotebookNode, other: NotebookNode) -> bool:
    """Whether two cells hold the same text, whitespace aside."""
    return squeezed(one.source) == squeezed(other.source)


def is_unchanged_answer(released: NotebookNode, submitted: NotebookNode) -> bool:
    """Whether an answer is still the release's placeholder, whitespace aside."""
    return same_source(released, submitted)


def defined_names(source: str) -> frozenset[str]:
    """Names of the functions and classes that the source defines at its left margin.

    Read by pattern, so that a cell with a syntax error or a magic still says what it defines.
    """
    return frozenset(_DEFINITION.findall(source))


def defined_anywhere(source: str) -> frozenset[str]:
    """Names of the functions and classes that the source defines at any indentation, read by pattern."""
    return frozenset(_INDENTED_TOO.findall(source))
