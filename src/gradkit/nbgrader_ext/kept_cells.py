"""A notebook's cells in; those that the template has to render, and the page with all of them, out.

Most of a page is the release's: what the template makes of such a cell, written as `markup` writes it, is kept and put into
the next student's page at its place.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from gradkit.nbgrader_ext.markup import cut, is_whole
from gradkit.notebook.nodes import copied_cell, node, read_node

MOST_CELLS = 256
LONGEST = 200_000
"""Characters of a cell, and of what is made of it, that is kept."""
MOST_CHARACTERS = 6_000_000
"""Of all that is kept together: a class with long cells keeps fewer."""
PROOFS = 2
"""Pages that are made in both ways, before this one is believed: a course may have put another file in a template's place."""
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False)
_END = node(cell_type="markdown", metadata=node(), source="")
"""Stands twice behind a page's last cell. What is written of the first is a cell; what there is more of the second, the page's end."""


class Page:
    """A page to be made: all its cells; of each its key and what is known of it, "" where that is nothing."""

    def __init__(self, cells: list[NotebookNode], keys: list[str], kept: list[str]) -> None:
        self.cells, self.keys, self.kept = cells, keys, kept
        self.is_whole = not any(kept)
        """Whether every cell is rendered."""
        self.rendered = cells if self.is_whole else [*self._needed(), _END, _END]
        """What the template gets to see."""

    def _needed(self) -> Iterator[NotebookNode]:
        """Cells of which nothing is known, and without their content those that the page's head speaks of."""
        for cell, kept in zip(self.cells, self.kept, strict=True):
            if not kept:
                yield cell
            elif _is_spoken_of(cell):
                yield _emptied(cell)

    def pieces(self, written: list[str]) -> list[str] | None:
        """What is written of each cell, and then the page's end if it is known, from what is written of those that were
        rendered; None where they don't fit together.
        """
        if len(written) != len(self.rendered):
            return None
        if self.is_whole:
            return written
        *parts, end, last = written
        if not last.startswith(end):
            return None
        found, pieces = iter(parts), []
        for cell, kept in zip(self.cells, self.kept, strict=True):
            part = next(found) if not kept or _is_spoken_of(cell) else ""
            pieces.append(kept or part)
        return [*pieces, last[len(end) :]]


class KeptCells:
    """What cells came to, the latest used last. `is_believed` is false where the template is a course's own, and turns
    false for good where a page was another than it should be.
    """

    def __init__(self) -> None:
        self._outlines: OrderedDict[bytes, NotebookNode] = OrderedDict()
        self._known: OrderedDict[str, str] = OrderedDict()
        self._untried: set[str] = set()
        self._characters = 0
        self._proofs = PROOFS
        self.is_believed = True

    def outlines(self, texts: list[bytes], rest: bytes) -> list["Outline"]:
        """What is known of the cells of a notebook, of which `rest` is all else: its language, the state of its widgets."""
        return [self._outline(text, rest) for text in texts]

    def _outline(self, text: bytes, rest: bytes) -> "Outline":
        key = hashlib.sha256(b"%b\n%b" % (rest, text)).digest()
        if key not in self._outlines:
            cell = read_node(text)
            self._outlines[key] = _emptied(copied_cell(cell))
            if len(self._outlines) > MOST_CELLS:
                self._outlines.popitem(last=False)
            return Outline(key, text, cell, True)
        self._outlines.move_to_end(key)
        return Outline(key, text, copied_cell(self._outlines[key]), False)

    def page(self, notebook: NotebookNode, outlines: list["Outline"]) -> Page:
        """What to render of a notebook that has its marks and comments. How a cell looks is decided by the cell, in whose metadata
        those stand, and by all else of the notebook.
        """
        cells = notebook.cells
        nothing = [""] * len(cells)
        if not self.is_believed:  # then the cells were read whole
            return Page(cells, nothing, nothing)
        if any(cell.cell_type == "raw" for cell in cells):
            return Page(fill(cells, outlines), nothing, nothing)
        keys = [_key(cell, outline) for cell, outline in zip(cells, outlines, strict=True)]
        kept = [self._find(key) for key in keys]
        needed = zip(cells, outlines, kept, strict=True)
        return Page([cell if known else _filled(cell, outline) for cell, outline, known in needed], keys, kept)

    def join(self, page: Page, body: str) -> str | None:
        """The page's body with what was kept at its place; None where it can't be told which part of the text is which cell's."""
        beginning, *parts = cut(body)
        pieces = page.pieces(parts)
        if pieces is None:
            return body if page.is_whole else None
        for key, piece in zip(page.keys, pieces, strict=False):  # the last may be the page's end
            if key and key not in self._known and len(piece) <= LONGEST:
                self._keep(key, piece)
        return "".join([beginning, *pieces])

    def _keep(self, key: str, piece: str) -> None:
        """Until it is needed again, which is when it is looked at: most of what is a student's own never is."""
        self._known[key] = piece
        self._untried.add(key)
        self._characters += len(piece)
        while len(self._known) > MOST_CELLS or self._characters > MOST_CHARACTERS:
            self._forget(next(iter(self._known)))

    def _forget(self, key: str) -> None:
        self._characters -= len(self._known.pop(key))
        self._untried.discard(key)

    def wants_proof(self, page: Page) -> bool:
        """Whether a page has to be made in full, too, to be compared."""
        return self._proofs > 0 and not page.is_whole

    def proven(self, agreed: bool) -> None:
        """Told what came of the comparison."""
        self._proofs -= 1
        if not agreed:
            self.is_believed = False
            self._known.clear()
            self._untried.clear()

    def _find(self, key: str) -> str:
        if key not in self._known:
            return ""
        if key in self._untried:
            if not is_whole(self._known[key]):
                self._forget(key)
                return ""
            self._untried.remove(key)
        self._known.move_to_end(key)
        return self._known[key]


@dataclass(frozen=True, slots=True)
class Outline:
    """A cell's text, what names it, and the cell; without its content, and not `whole`, where the text has been seen before."""

    key: bytes
    text: bytes
    cell: NotebookNode
    whole: bool


def fill(cells: list[NotebookNode], outlines: list[Outline]) -> list[NotebookNode]:
    """The cells of a notebook with their contents, and with the marks that they have meanwhile."""
    return [_filled(cell, outline) for cell, outline in zip(cells, outlines, strict=True)]


def _filled(cell: NotebookNode, outline: Outline) -> NotebookNode:
    if outline.whole:
        return cell
    whole = read_node(outline.text)
    whole.metadata = cell.metadata
    return whole


def _key(cell: NotebookNode, outline: Outline) -> str:
    """What a cell's look is kept by; "" where it is too long to be kept."""
    if len(outline.text) > LONGEST:
        return ""
    return outline.key.hex() + (_JSON.encode(cell.metadata) if cell.metadata.get("nbgrader") else "")


def _is_spoken_of(cell: NotebookNode) -> bool:
    """Whether nbgrader's template says something of a cell at the top of the page: of its marks, of a comment."""
    marks = cell.metadata.get("nbgrader") or {}
    return bool(marks.get("grade") or marks.get("task") or marks.get("comment"))


def _emptied(cell: NotebookNode) -> NotebookNode:
    """The cell with its metadata alone."""
    empty = node({name: value for name, value in cell.items() if name != "attachments"}, source="")
    if cell.cell_type == "code":
        empty.outputs = []
    return empty
