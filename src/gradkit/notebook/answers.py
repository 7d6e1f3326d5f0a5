"""The instructor's notebook in; the code of its answers, without what it goes on to do, out."""

import ast
import re
from collections.abc import Iterable, Iterator

from nbformat import NotebookNode

from gradkit.errors import NotebookError
from gradkit.notebook.cells import grade_id_of, is_check, is_solution
from gradkit.notebook.display import working_cells

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign)
_MAGIC = re.compile(r"^([ \t]*)[%!].*$", re.MULTILINE)
_IMPORTS = (ast.Import, ast.ImportFrom)


def answers_source(notebook: NotebookNode) -> str:
    """What the notebook's answers define, as they stand there, with the imports that they use.

    Functions and classes of all cells but the visible checks and those that only show something, and the constants of answer
    cells. Raises NotebookError where an answer is not valid Python.
    """
    imports: list[tuple[frozenset[str], str]] = []
    kept: list[str] = []
    for cell in working_cells(notebook):
        if is_check(cell):
            continue
        wanted = (*_DEFINITIONS, *_ASSIGNMENTS) if is_solution(cell) else _DEFINITIONS
        for node, text in _statements(cell):
            if isinstance(node, _IMPORTS):
                imports.append((frozenset(_bound(node)), text))
            elif isinstance(node, wanted):
                kept.append(text)
    used = {node.id for node in ast.walk(ast.parse("\n".join(kept))) if isinstance(node, ast.Name)}
    return "\n\n\n".join([*dict.fromkeys(text for names, text in imports if names & used), *kept]) + "\n"


def parameters(notebook: NotebookNode) -> dict[str, tuple[str, ...]]:
    """Names of the arguments of each function that the released notebook's answer cells define."""
    found: dict[str, tuple[str, ...]] = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_solution(cell):
            for node, _ in _statements(cell):
                if isinstance(node, ast.FunctionDef):
                    found[node.name] = tuple(argument.arg for argument in node.args.posonlyargs + node.args.args)
    return found


def imported_modules(notebook: NotebookNode) -> frozenset[str]:
    """Names of the modules that code cells of a released notebook import at their left margin, but for what only shows."""
    found: set[str] = set()
    for cell in working_cells(notebook):
        for node, _ in _statements(cell):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
    return frozenset(found)


def _statements(cell: NotebookNode) -> Iterator[tuple[ast.stmt, str]]:
    """The statements at the left margin of a cell, each with its text; magics and shell lines are left out."""
    source = cell.source
    try:
        tree = ast.parse(source)
    except SyntaxError:
        source = _MAGIC.sub(r"\1pass", source)
        try:
            tree = ast.parse(source)
        except SyntaxError as error:
            if is_solution(cell):
                raise NotebookError(f'cell "{grade_id_of(cell)}": not valid Python ({error}); mend it') from error
            return
    lines = source.split("\n")
    for node in tree.body:
        first = min([node.lineno, *(item.lineno for item in getattr(node, "decorator_list", ()))])
        whole = isinstance(node, _DEFINITIONS)
        yield (
            node,
            "\n".join(lines[first - 1 : node.end_lineno]) if whole else ast.get_source_segment(source, node) or "",
        )


def _bound(node: ast.Import | ast.ImportFrom) -> Iterable[str]:
    return (alias.asname or alias.name.partition(".")[0] for alias in node.names)
