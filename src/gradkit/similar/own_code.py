"""A student's notebook and its release in; the texts of the code cells that the student wrote in, within bounds, out."""

from collections.abc import Iterator

from nbformat import NotebookNode

from gradkit.notebook.cells import is_solution, squeezed
from gradkit.notebook.matching import match_cells

MAX_CHARACTERS = 40_000
"""Of one student's code for a notebook; what stands after so many is not looked at. Ten times what an assignment asks for."""
MAX_CELLS = 300


def code_of(notebook: NotebookNode) -> list[str]:
    """The texts of all code cells, for what everybody has."""
    return [plain(cell.source) for cell in notebook.cells if cell.cell_type == "code"]


def own_code(released: NotebookNode, submitted: NotebookNode) -> list[str]:
    """The texts of answers, then of other code cells that are not as released: helpers, given cells that were edited.

    An answer counts whatever type its cell has now, as it does for the marks.
    """
    original = match_cells(released, submitted).released_of
    given = {squeezed(cell.source) for cell in released.cells}
    answers: list[str] = []
    others: list[str] = []
    for place, cell in enumerate(submitted.cells):
        stands_for = released.cells[original[place]] if place in original else None
        is_answer = stands_for is not None and is_solution(stands_for)
        kind = stands_for.cell_type if stands_for is not None and is_answer else cell.cell_type
        if kind == "code" and squeezed(cell.source) not in given:
            (answers if is_answer else others).append(plain(cell.source))
    return list(_within_bounds([*answers, *others]))


def plain(text: str) -> str:
    """The text with plain newlines and without blank lines around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").strip("\n")


def _within_bounds(texts: list[str]) -> Iterator[str]:
    left = MAX_CHARACTERS
    for text in texts[:MAX_CELLS]:
        if left <= 0:
            return
        if text.strip():
            yield text[:left]
            left -= len(text)
