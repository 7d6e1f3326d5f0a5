"""Find which cell of a submission stands for which cell of the release, whatever happened to it on the way."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from nbformat import NotebookNode

from gradkit.notebook.cells import (
    defined_names,
    grade_id_of,
    is_anchor,
    is_solution,
    same_source,
    squeezed,
)


@dataclass(frozen=True)
class Match:
    """Indices into `released.cells` and `submitted.cells` that belong together."""

    primary: Mapping[int, int]
    """Released cell to the one submitted cell that stands for it."""
    copies: Mapping[int, int]
    """Further submitted cells that carry the grade_id of a released one, to that one."""

    @cached_property
    def released_of(self) -> dict[int, int]:
        """Submitted cell to the released cell it stands for."""
        return {submitted: released for released, submitted in self.primary.items()}


def match_cells(released: NotebookNode, submitted: NotebookNode) -> Match:
    """Match by grade_id, then cell id, equal source, the function defined, and the place between matched cells.

    Each step looks only at what the steps before left over, and takes a cell only where one candidate is left.
    """
    matcher = _Matcher(list(released.cells), list(submitted.cells))
    matcher.by_grade_id()
    matcher.by_cell_id()
    matcher.by_source()
    matcher.by_function()
    matcher.by_place()
    return Match(matcher.primary, matcher.copies)


class _Matcher:
    def __init__(self, released: list[NotebookNode], submitted: list[NotebookNode]) -> None:
        self.released = released
        self.submitted = submitted
        self.primary: dict[int, int] = {}
        self.copies: dict[int, int] = {}
        self._claimed: set[int] = set()

    def by_grade_id(self) -> None:
        ids = {grade_id_of(cell): index for index, cell in enumerate(self.released) if is_anchor(cell)}
        found: dict[int, list[int]] = {}
        for index, cell in enumerate(self.submitted):
            grade_id = grade_id_of(cell)
            if grade_id is not None and grade_id in ids:
                found.setdefault(ids[grade_id], []).append(index)
        for released, candidates in found.items():
            chosen = candidates[0] if len(candidates) == 1 else self._preferred(released, candidates)
            self._claim(released, chosen)
            self.copies.update({index: released for index in candidates if index != chosen})
        self._claimed.update(self.copies)

    def _preferred(self, released: int, candidates: list[int]) -> int:
        """Of several copies: the answer that was changed, the given cell that was not; else the first.

        Of several answers in code, the last that defines the function: it is the one that counts when the notebook runs.
        """
        cell = self.released[released]
        fits = [index for index in candidates if same_source(cell, self.submitted[index]) != is_solution(cell)]
        names = defined_names(cell.source) if is_solution(cell) and cell.cell_type == "code" else frozenset()
        defining = [index for index in fits if names & defined_names(self.submitted[index].source)]
        return defining[-1] if defining else (fits or candidates)[0]

    def by_cell_id(self) -> None:
        """Jupyter keeps a cell's id when its metadata goes."""
        ids = {cell.id: index for index, cell in self._free()}
        for index, cell in self._unmatched():
            if cell.get("id") in ids:
                self._claim(index, ids[cell.id])

    def by_source(self) -> None:
        """Given cells and the release's prose are known by their text."""
        places: dict[str, list[int]] = {}
        for index, cell in self._free():
            places.setdefault(squeezed(cell.source), []).append(index)
        for index, cell in self._unmatched():
            text = squeezed(cell.source)
            if text and not is_solution(cell) and places.get(text):
                self._claim(index, places[text].pop(0))

    def by_function(self) -> None:
        """An answer cell is known by the function that its released text defines."""
        for index, cell in self._unmatched(is_solution):
            names = defined_names(cell.source) if cell.cell_type == "code" else frozenset()
            found = [place for place, other in self._free() if names & defined_names(other.source)]
            if len(found) == 1:
                self._claim(index, found[0])

    def by_place(self) -> None:
        """An answer cell is known by standing alone between two cells that are known."""
        for index, cell in self._unmatched(is_solution):
            window = self._window(index)
            rivals = [other for other, _ in self._unmatched(is_solution) if self._window(other) == window]
            free = [(place, other) for place, other in self._free() if place in window and other.source.strip()]
            found = [place for place, other in free if other.cell_type == cell.cell_type] or [
                place for place, _ in free
            ]
            if len(rivals) == 1 and len(found) == 1:
                self._claim(index, found[0])

    def _window(self, released: int) -> range:
        before = max((place for index, place in self.primary.items() if index < released), default=-1)
        after = min((place for index, place in self.primary.items() if index > released), default=len(self.submitted))
        return range(before + 1, after)

    def _claim(self, released: int, submitted: int) -> None:
        self.primary[released] = submitted
        self._claimed.add(submitted)

    def _unmatched(self, wanted: Callable[[NotebookNode], bool] = lambda _: True) -> Iterable[tuple[int, NotebookNode]]:
        return [(i, cell) for i, cell in enumerate(self.released) if i not in self.primary and wanted(cell)]

    def _free(self) -> Iterable[tuple[int, NotebookNode]]:
        return [(i, cell) for i, cell in enumerate(self.submitted) if i not in self._claimed]


def places_of_missing(released: NotebookNode, submitted: NotebookNode, match: Match) -> dict[int, list[int]]:
    """Where the released cells that nbgrader knows and the submission lacks belong: before which submitted index.

    The place is right after the nearest matched cell above, but never below a matched cell that follows in the release.
    """
    places: dict[int, list[int]] = {}
    for index, cell in enumerate(released.cells):
        if index in match.primary or not is_anchor(cell):
            continue
        above = [i for i in match.primary if i < index]
        below = [place for i, place in match.primary.items() if i > index]
        place = match.primary[max(above)] + 1 if above else 0
        places.setdefault(min([place, *below]), []).append(index)
    return places
