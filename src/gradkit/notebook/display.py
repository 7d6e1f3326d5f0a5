"""Cells that only show something: which of them grading may leave out.

An instructor tags such a cell `only-shows`. Its pictures and sentences are for whoever works in the notebook; making them
again for each submission takes longer than all else that grading does, and no marks depend on them. It is run all the same where a
submission's other code needs a name that it binds.
"""

import ast
import builtins
import re
import symtable
from collections.abc import Iterable, Iterator
from functools import lru_cache

from nbformat import NotebookNode

from gradkit.notebook.cells import is_check

TAG = "only-shows"
KEPT_SOURCES = 256
"""Cells whose names are remembered: those that are given are the same in every submission."""
_WORD = re.compile(r"[^\W\d]\w*")
_REFLECTIVE = frozenset({"eval", "exec", "globals", "locals", "vars", "get_ipython", "__main__", "compile", "getattr"})
"""With these, code can use a name that is not written in it."""


def only_shows(cell: NotebookNode) -> bool:
    """Whether a released cell is tagged as one that only shows something."""
    tags = cell.metadata.get("tags")
    return cell.cell_type == "code" and isinstance(tags, list) and TAG in tags


def working_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The code cells of an instructor's notebook without those that only show something and that no other code needs."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    given = [cell.source for cell in cells if not only_shows(cell) and not is_check(cell)]
    needed = needed_of([cell.source for cell in cells if only_shows(cell)], given)
    return [cell for cell in cells if not only_shows(cell) or cell.source in needed]


def needed_of(display: Iterable[str], others: Iterable[str]) -> frozenset[str]:
    """Of the sources of cells that only show something, those that the others need; and those that these need in turn."""
    left, used, needed = set(display), list(others), set[str]()
    while found := {source for source in left if _is_needed(source, used)}:
        needed |= found
        left -= found
        used = list(found)
    return frozenset(needed)


def _is_needed(source: str, others: Iterable[str]) -> bool:
    """Whether code that is run needs a name that this cell binds, as far as its text can tell; if in doubt, yes."""
    bound = _bound_names(source)
    return any(not bound.isdisjoint(used) or not _REFLECTIVE.isdisjoint(used) for used in map(_used_names, others))


@lru_cache(KEPT_SOURCES)
def _bound_names(source: str) -> frozenset[str]:
    """Names that the cell binds at its left margin; every word of it where it can't be parsed."""
    try:
        table = symtable.symtable(source, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return frozenset(_WORD.findall(source))
    return frozenset(
        symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()
    ) | frozenset(_named_global(source))


def _named_global(source: str) -> Iterator[str]:
    for statement in ast.walk(ast.parse(source)):
        if isinstance(statement, ast.Global):
            yield from statement.names


@lru_cache(KEPT_SOURCES)
def _used_names(source: str) -> frozenset[str]:
    """Names that code takes from the notebook: those that are no function's own."""
    try:
        table = symtable.symtable(source, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError):  # a magic, or a mistake
        return frozenset(_WORD.findall(source))
    return frozenset(_taken(table)) - (frozenset(dir(builtins)) - _REFLECTIVE)


def _taken(table: symtable.SymbolTable) -> Iterator[str]:
    is_module = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (is_module or symbol.is_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from _taken(child)
