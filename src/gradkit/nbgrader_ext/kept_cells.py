"""A notebook in; the cells that the template has to render, and the page with all of them, out.

Most of a page is the release's: what the template makes of such a cell, written as `markup` writes it, is kept and put into
the next student's page at its place.
"""

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass

from nbformat import NotebookNode

from gradkit.nbgrader_ext.markup import cut, is_whole

MOST_CELLS = 96
LONGEST = 48_000
"""Characters of a cell, and of what is made of it, that is kept."""
PROOFS = 2
"""Pages that are made in both ways, before this one is believed: a course may have put another file in a template's place."""
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False)


@dataclass(frozen=True, slots=True)
class Page:
    """A page to be made: all its cells, and for each its key, "" where it must be rendered and is not kept."""

    cells: list[NotebookNode]
    keys: list[str]
    kept: list[str]
    """Of each cell what is known of it; "" of those that are rendered."""

    @property
    def to_render(self) -> list[NotebookNode]:
        return [cell for cell, kept in zip(self.cells, self.kept, strict=True) if not kept]

    @property
    def is_whole(self) -> bool:
        """Whether every cell is rendered."""
        return not any(self.kept)


class KeptCells:
    """What cells came to, the latest used last. `is_believed` is false where the template is a course's own, and turns
    false for good where a page was another than it should be.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, str] = OrderedDict()
        self._proofs = PROOFS
        self.is_believed = True

    def page(self, notebook: NotebookNode) -> Page:
        """What to render of a notebook. How a cell looks is decided by the cell and by the notebook's metadata: its language, the
        state of its widgets.

        The last cell is always rendered, since what follows it belongs to the page. So is what the page's head speaks of: graded
        cells and comments.
        """
        metadata = _JSON.encode(notebook.metadata)
        keys = [_key(cell, metadata) for cell in notebook.cells]
        keys[-1:] = [""] * len(keys[-1:])
        if not self.is_believed or any(cell.cell_type == "raw" for cell in notebook.cells):
            return Page(notebook.cells, keys, [""] * len(keys))
        return Page(notebook.cells, keys, [self._find(key) for key in keys])

    def join(self, page: Page, written: str) -> str | None:
        """The page with what was kept at its place; None where it can't be told which part of the text is which cell's."""
        head, *parts = cut(written)
        if len(parts) != len(page.to_render):
            return written if page.is_whole else None
        rendered = iter(parts)
        body = [kept or next(rendered) for kept in page.kept]
        for key, part in zip(page.keys, body, strict=True):
            if key and key not in self._known and len(part) <= LONGEST and is_whole(part):
                self._known[key] = part
                if len(self._known) > MOST_CELLS:
                    self._known.popitem(last=False)
        return "".join([head, *body])

    def wants_proof(self, page: Page) -> bool:
        """Whether a page has to be made in full, too, to be compared."""
        return self._proofs > 0 and not page.is_whole

    def proven(self, agreed: bool) -> None:
        """Told what came of the comparison."""
        self._proofs -= 1
        if not agreed:
            self.is_believed = False
            self._known.clear()

    def _find(self, key: str) -> str:
        if key not in self._known:
            return ""
        self._known.move_to_end(key)
        return self._known[key]


def _key(cell: NotebookNode, metadata: str) -> str:
    marks = cell.metadata.get("nbgrader") or {}
    if marks.get("grade") or marks.get("task") or marks.get("comment"):
        return ""
    key = f"{metadata}{_JSON.encode(cell)}"
    return hashlib.sha256(key.encode()).hexdigest() if len(key) <= LONGEST else ""
