"""A rebuilt submission and its result in; the notebook that the formgrader and the feedback pages show out."""

import copy
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from urllib.parse import unquote
from uuid import NAMESPACE_OID, uuid5

from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat import NotebookNode
from nbformat.v4 import reads_json

from gradkit.course import Reveal
from gradkit.errors import GradingError
from gradkit.feedback import aside_html, notes_markdown, question_html
from gradkit.notebook import Rebuilt, grade_id_of, is_check
from gradkit.notebook.nodes import node
from gradkit.results import NotebookResult

NOTES_ID = "gradkit-notes"
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False)

MAX_MARKDOWN = 50_000
MAX_MARKDOWN_OF_NOTEBOOK = 100_000
"""Characters; rendering takes up to 40 microseconds for each, here and again on the feedback page."""
MAX_REMEMBERED = 8_000
MAX_FORMULAS = 200
FORMULA_STARTS = ("\\begin{", "\\[", "\\(")
_EVERYTHING = Reveal()
_LINK = re.compile(r"""\b(href|src)\s*=\s*["']?([^"'>]*)""", re.IGNORECASE)


def autograded_notebook(rebuilt: Rebuilt, result: NotebookResult, reveal: Reveal = _EVERYTHING) -> NotebookNode:
    """The student's work, and in each check cell exactly one output that nbgrader reads as the question's marks.

    In a notebook that was set aside every check cell holds an error, which nbgrader counts as no marks whoever asks it.
    """
    notebook = node(rebuilt.notebook)
    notebook.cells = [node(cell) for cell in notebook.cells]  # of which some parts are replaced, and none is changed
    left = MAX_MARKDOWN_OF_NOTEBOOK
    for cell in notebook.cells:
        if is_check(cell):
            cell.outputs = list(_marks(cell, result, reveal))
        elif cell.cell_type == "markdown":
            left -= len(cell.source)
            if left < 0:
                _quote(cell)
            else:
                _make_renderable(cell)
    notes = [*([result.message] if result.message else []), *rebuilt.notes]
    if notes:
        _give_way(notebook)
        notebook.cells.insert(0, node(cell_type="markdown", id=NOTES_ID, metadata=node(), source=notes_markdown(notes)))
    return notebook


def file_of(notebook: NotebookNode) -> bytes:
    """An autograded notebook's file, a line for each cell: Python's coder is ten times as fast where it need not indent."""
    cells, rest = _texts(notebook)
    lines = ",\n".join(cells)
    return f'{{"cells":[\n{lines}\n],{rest[1:]}\n'.encode()


def _texts(notebook: NotebookNode) -> tuple[list[str], str]:
    """The JSON of each cell, and that of all else."""
    rest = {key: value for key, value in notebook.items() if key != "cells"}
    return [_JSON.encode(cell) for cell in notebook.cells], _JSON.encode(rest)


def notebook_of(file: bytes) -> NotebookNode:
    """The notebook in a file of `autograded/`, not validated: gradkit or nbgrader wrote it."""
    notebook: NotebookNode = reads_json(file.decode())
    return notebook


def texts_of(file: bytes) -> tuple[list[bytes], bytes]:
    """A file of `autograded/`, not validated, cell by cell: the JSON of each cell, and that of all else."""
    first, *lines = file.split(b"\n")
    if first == b'{"cells":[' and len(lines) > 2 and lines[-1] == b"" and lines[-2].startswith(b"],"):
        *cells, rest, _ = lines
        return [cell.removesuffix(b",") for cell in cells if cell], b"{" + rest[2:]
    texts, others = _texts(notebook_of(file))  # nbgrader wrote it, or a person
    return [text.encode() for text in texts], others.encode()


def ungraded_notebook(rebuilt: Rebuilt) -> NotebookNode:
    """The notebook while nothing is known: no marks for any question."""
    notebook = copy.deepcopy(rebuilt.notebook)
    for cell in notebook.cells:
        if is_check(cell):
            cell.outputs = [_no_marks("this cell has not been graded yet")]
    return notebook


def _marks(cell: NotebookNode, result: NotebookResult, reveal: Reveal) -> Iterable[NotebookNode]:
    if result.status == "set_aside":
        reason = result.message or "the grader could not judge"
        yield node(
            output_type="display_data",
            metadata=node(),
            data=node({"text/plain": f"Set aside: {reason}", "text/html": aside_html(reason)}),
        )
        yield _no_marks("set aside for a person")
        return
    question = result.question(grade_id_of(cell) or "")
    if question is None:
        raise GradingError(f'question "{grade_id_of(cell)}" has no result')
    yield node(
        output_type="execute_result",
        execution_count=None,
        metadata=node(),
        data=node(
            {"text/plain": repr(float(question.score)), "text/html": question_html(question, result.message, reveal)}
        ),
    )


def _give_way(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.id == NOTES_ID:
            cell.id = f"{NOTES_ID}-{uuid5(NAMESPACE_OID, cell.source).hex[:8]}"


def _no_marks(reason: str) -> NotebookNode:
    return node(output_type="error", ename="NotGraded", evalue=reason, traceback=[f"NotGraded: {reason}"])


def _make_renderable(cell: NotebookNode) -> None:
    """Show a cell as plain text where nbconvert can't render it, not in time, or with links that act on the reader."""
    known = len(cell.source) <= MAX_REMEMBERED
    if not (_remembered_is_fit(cell.source) if known else _is_fit(cell.source)):
        _quote(cell)


def _is_fit(source: str) -> bool:
    """Whether a Markdown text can stand on the page as it is; nothing but the text decides.

    nbconvert would refuse the student's whole page. Its parser is quadratic in unclosed formulas. What a link is, only the
    HTML tells: entities and references hide it from a look at the source.
    """
    if len(source) > MAX_MARKDOWN or sum(map(source.count, FORMULA_STARTS)) > MAX_FORMULAS:
        return False
    try:
        html = markdown2html_mistune(source)
    except RecursionError:
        return False
    except Exception:  # noqa: BLE001  # whatever a Markdown parser makes of it, one cell must not cost the page
        return False
    return all(_is_harmless(name, unescape(url)) for name, url in _LINK.findall(html))


_remembered_is_fit = lru_cache(maxsize=256)(_is_fit)
"""Most of a notebook's texts are the release's, the same for the whole class."""


def _is_harmless(attribute: str, url: str) -> bool:
    """Whether a link leads to the web or the page itself, and a picture is in the page: one elsewhere tells who looks."""
    plain = "".join(char for char in unquote(url) if char > " ").lower()
    pictures = ("attachment:", "data:image/png", "data:image/jpeg")
    return plain.startswith(pictures if attribute == "src" else ("#", "http://", "https://", "mailto:", *pictures))


def _quote(cell: NotebookNode) -> None:
    cell.source = "\n".join(f"    {line}" for line in cell.source.split("\n"))
