"""Which code of a submission to run, in which order, and what to call it when it fails."""

from dataclasses import dataclass

from nbformat import NotebookNode

from gradkit.notebook.cells import (
    defined_anywhere,
    defined_names,
    grade_id_of,
    is_check,
    is_given,
    same_source,
    squeezed,
)
from gradkit.notebook.display import needed_of, only_shows
from gradkit.notebook.matching import Match, match_cells, places_of_missing


@dataclass(frozen=True, slots=True)
class CodeCell:
    """One cell to run. `index` counts the submission's cells from 0; it is -1 for a given cell that was put back."""

    index: int
    label: str
    source: str


def code_cells(submitted: NotebookNode, released: NotebookNode) -> list[CodeCell]:
    """The submission's code to run, in the student's order.

    Left out are the visible checks, empty cells, and cells that only show something (`display`), as long as they stand as
    released and nothing else needs them. Given cells that the submission lacks are put back at their place; those that the
    student edited run as edited; an answer cell whose type was changed runs as code.
    """
    match = match_cells(released, submitted)
    missing = places_of_missing(released, submitted, match)
    checks = {squeezed(cell.source) for cell in released.cells if is_check(cell)}
    cells: list[CodeCell] = []
    for place in range(len(submitted.cells) + 1):
        cells += [_put_back(released.cells[index]) for index in missing.get(place, ()) if _runs(released.cells[index])]
        if place < len(submitted.cells) and _to_run(submitted.cells[place], _original(released, match, place), checks):
            cells.append(_as_it_stands(submitted.cells[place], _name(released, match, place), place))
    return _without_display(cells, released)


def _without_display(cells: list[CodeCell], released: NotebookNode) -> list[CodeCell]:
    display = {squeezed(cell.source) for cell in released.cells if only_shows(cell)}
    shown = {cell.source for cell in cells if squeezed(cell.source) in display}
    idle = shown - needed_of(shown, [cell.source for cell in cells if cell.source not in shown])
    return [cell for cell in cells if cell.source not in idle]


def _runs(missing: NotebookNode) -> bool:
    return is_given(missing) and missing.cell_type == "code" and not is_check(missing)


def _to_run(cell: NotebookNode, original: NotebookNode | None, checks: set[str]) -> bool:
    text = squeezed(cell.source)
    if not text:
        return False
    if original is None:
        return cell.cell_type == "code" and text not in checks
    if is_check(original):
        return not same_source(cell, original) and bool(defined_names(cell.source) - defined_anywhere(original.source))
    return bool(original.cell_type == "code")


def _original(released: NotebookNode, match: Match, place: int) -> NotebookNode | None:
    index = match.released_of.get(place)
    return None if index is None else released.cells[index]


def _name(released: NotebookNode, match: Match, place: int) -> str | None:
    index = match.released_of.get(place, match.copies.get(place))
    return None if index is None else grade_id_of(released.cells[index])


def _as_it_stands(cell: NotebookNode, name: str | None, place: int) -> CodeCell:
    label = f"cell {place + 1}" + (f' ("{name}")' if name else "")
    return CodeCell(place, label, cell.source)


def _put_back(cell: NotebookNode) -> CodeCell:
    return CodeCell(-1, f'the given cell "{grade_id_of(cell)}"', cell.source)
