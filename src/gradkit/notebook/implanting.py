"""Put another implementation of a function into a worked notebook."""

import copy

from nbformat import NotebookNode

from gradkit.errors import NotebookError
from gradkit.notebook.cells import defined_names, is_solution


def implant(worked: NotebookNode, source: str) -> NotebookNode:
    """A copy of the worked notebook in which the functions that `source` defines replace the solution's.

    The first answer cell that defines one of them takes the whole source; others that define one become a comment.
    Raises NotebookError when no answer cell defines any of them.
    """
    notebook = copy.deepcopy(worked)
    names = defined_names(source)
    cells = [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and is_solution(cell) and defined_names(cell.source) & names
    ]
    if not cells:
        raise NotebookError(f"no answer cell defines any of: {', '.join(sorted(names))}")
    first, *others = cells
    first.source = source
    for cell in others:
        cell.source = "# written in a cell above"
    for cell in cells:
        cell.outputs, cell.execution_count = [], None
    return notebook
