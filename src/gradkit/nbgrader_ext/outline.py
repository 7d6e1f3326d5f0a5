"""A rebuilt notebook in; what the gradebook has to know of it out, fit to be sent to another process."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from nbformat import NotebookNode

from gradkit.errors import GradingError
from gradkit.notebook import Rebuilt, grade_id_of, is_check, is_solution
from gradkit.results import NotebookResult


@dataclass(frozen=True, slots=True)
class Outline:
    """What the gradebook has to know of a rebuilt notebook, by the names of its graded cells."""

    points: Mapping[str, float] = field(default_factory=dict)
    """Of each question that hidden tests decide."""
    unchanged: frozenset[str] = frozenset()
    """Written answers that are still the placeholder."""
    untouched: frozenset[str] = frozenset()
    """Answers whose text is exactly the release's."""


def outline_of(rebuilt: Rebuilt, released: NotebookNode) -> Outline:
    """The outline of a notebook that was rebuilt from this release."""
    sources = {grade_id_of(cell): cell.source for cell in released.cells}
    answers = {grade_id_of(cell): cell.source for cell in rebuilt.notebook.cells if is_solution(cell)}
    return Outline(
        points={
            grade_id_of(cell) or "": float(cell.metadata.nbgrader.points) for cell in released.cells if is_check(cell)
        },
        unchanged=rebuilt.unchanged,
        untouched=frozenset(name for name, source in answers.items() if name and sources.get(name) == source),
    )


def require_sound(result: NotebookResult, outline: Outline) -> None:
    """Fail closed: nbgrader gives full marks where a score is missing or no number."""
    if result.status == "set_aside":
        return
    for name, points in outline.points.items():
        question = result.question(name)
        if question is None:
            raise GradingError(f'question "{name}" has no result')
        if not (math.isfinite(question.score) and 0 <= question.score <= points):
            raise GradingError(f'question "{name}" has score {question.score!r}, not a number from 0 to {points}')
