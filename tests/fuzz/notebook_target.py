"""Bytes of a file that a student handed in go in; what grading makes of them without running anything comes out."""

import base64
import copy
import json
import random
import re
import zlib
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import nbformat
from hypothesis import strategies as st
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat import NotebookNode
from nbgrader.utils import determine_grade

from gradkit.errors import NotebookError
from gradkit.grading import grade_ids, meant_notebook
from gradkit.nbgrader_ext.autograded import NOTES_ID, autograded_notebook, ungraded_notebook
from gradkit.notebook import Rebuilt, code_cells, grade_id_of, is_anchor, is_check, is_solution, read_notebook, rebuild
from gradkit.notebook.cells import squeezed
from gradkit.notebook.markup import tame_markdown
from gradkit.release import notebook_bytes
from gradkit.results import CheckResult, NotebookResult, QuestionResult
from tests.fuzz import mutating, running

LONGEST_SENTENCE = 300
MOST_KNOWN = 2_000_000
SHARE_REBUILT, SHARE_OF_PAGES, SHARE_OF_FILES, SHARE_OF_HTML = 4, 8, 48, 768
"""One in so many different notebooks is rebuilt, becomes an autograded one, a file, and a page that a person reads."""

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n0000").decode()
STOCK = {"grade": False, "solution": False, "locked": False, "schema_version": 3, "task": False}


# --- the release ---------------------------------------------------------------------------------------------------


def _cell(kind: str, cell_id: str, source: str, **marks: Any) -> dict[str, Any]:
    cell = {
        "cell_type": kind,
        "id": cell_id,
        "metadata": {"nbgrader": {**STOCK, **marks}} if marks else {},
        "source": source,
    }
    return {**cell, "outputs": [], "execution_count": None} if kind == "code" else cell


RELEASE: dict[str, Any] = {
    "cells": [
        _cell("code", "given", "import math", grade_id="given", locked=True),
        _cell("markdown", "why", "YOUR ANSWER", grade_id="why", grade=True, solution=True, points=2),
        _cell("code", "answer", "def f(x):\n    raise NotImplementedError", grade_id="answer", solution=True),
        _cell("code", "check", "assert f(1) == 1", grade_id="f", grade=True, locked=True, points=3),
        _cell("markdown", "end", "The end."),
    ],
    "metadata": {"kernelspec": {"display_name": "P", "name": "python3"}, "language_info": {"name": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
POINTS = {"why": 2, "f": 3}
_HOSTILE = "<script>fuzzed()</script>\x1b[31m\ud800 $\\href{javascript:fuzzed()}{x}$".replace("\ud800", "\ufffd")
_CHECK = CheckResult("test_f", "Returns x", "failed", 0.0, 3.0, _HOSTILE, "f(1)")
GRADED = NotebookResult(
    "ps", "one", "graded", 1.5, 3.0, ("why",), "s", _HOSTILE, (QuestionResult("f", 1.5, 3.0, (_CHECK,)),)
)
ASIDE = NotebookResult("ps", "one", "set_aside", 0.0, 3.0, ("why", "f"), "s", _HOSTILE)


# --- what has to hold ----------------------------------------------------------------------------------------------


class NotebookTarget:
    """Everything that grading does with a file but running it."""

    name = "notebook"

    def __init__(self) -> None:
        self.thorough = False
        self.batches = st.builds(_batch, st.integers(0, 2**64 - 1), _BASES, mutating.PROGRAMS)
        self.released = read_notebook(json.dumps(RELEASE).encode())
        other = json.dumps(RELEASE).replace('"grade_id": "', '"grade_id": "other_').encode()
        self.own = {"one": grade_ids(self.released), "other": grade_ids(read_notebook(other))}
        self.anchors = {grade_id_of(cell): cell for cell in self.released.cells if is_anchor(cell)}
        self.exporter = HTMLExporter(template_name="basic")
        self._known: set[int] = set()

    def judge(self, raw: bytes) -> str:
        try:
            notebook = read_notebook(raw)
        except NotebookError as error:
            require_sentence(str(error))
            return "refused"
        text = repr(notebook)
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        if hash(text) in self._known:
            return "read as one before"
        # the same input is always looked at as closely
        number = 0 if self.thorough else zlib.crc32(text.encode("utf-8", "surrogatepass"))
        if number % SHARE_OF_PAGES == 0:
            assert repr(read_notebook(raw)) == text, "another notebook when it is read again"
        outcome = self._grade(notebook, number)
        self._known.add(hash(text))
        return outcome

    def parts(self, raw: bytes) -> tuple[list[bytes], Callable[[list[bytes]], bytes]]:
        self._known.clear()
        self.thorough = True
        return [raw], lambda parts: parts[0]

    def _grade(self, notebook: NotebookNode, number: int) -> str:
        require_well_formed(notebook)
        self._require_code(notebook)
        assert meant_notebook("one", grade_ids(notebook), self.own) in ("one", "other")
        if number % SHARE_REBUILT:
            return "code found"
        before = repr(notebook)
        rebuilt = rebuild(self.released, notebook)
        self._require_rebuilt(rebuilt, notebook)
        assert repr(notebook) == before, "grading changed what was handed in"
        if number % SHARE_OF_PAGES:
            return "rebuilt"
        page = autograded_notebook(rebuilt, ASIDE if number % 5 == 1 else GRADED)
        self._require_page(page)
        if number % SHARE_OF_FILES == 0:
            self._require_file(rebuilt, page)
        if number % SHARE_OF_HTML == 0:
            require_tame(self.exporter.from_notebook_node(page)[0])
            return "a page"
        return "a file" if number % SHARE_OF_FILES == 0 else "autograded"

    def _require_code(self, notebook: NotebookNode) -> None:
        """Code in the student's order, each cell at most once, none of it a visible check."""
        cells = code_cells(notebook, self.released)
        own = [cell.index for cell in cells if cell.index >= 0]
        assert own == sorted(set(own)), "out of order, or twice"
        assert len(cells) - len(own) <= 1, "more given cells than there are"
        for cell in cells:
            assert cell.label.isprintable(), "a label that can't be printed"
            assert cell.source == (notebook.cells[cell.index].source if cell.index >= 0 else "import math"), (
                "other code"
            )
            known = cell.label.endswith('")')  # an answer or a given cell runs as it was edited
            assert known or squeezed(cell.source) != "assertf(1)==1", "a visible check"

    def _require_rebuilt(self, rebuilt: Rebuilt, notebook: NotebookNode) -> None:
        """The release's cells once each, as released but for answers; the student's own without marks."""
        left = dict(self.anchors)
        require_well_formed(rebuilt.notebook)
        for cell in rebuilt.notebook.cells:
            if "nbgrader" not in cell.metadata:
                continue
            original = left.pop(grade_id_of(cell), None)
            assert original is not None, "a graded cell twice, or one that the release has not"
            assert (cell.metadata, cell.cell_type, cell.id) == (original.metadata, original.cell_type, original.id)
            assert is_solution(original) or cell.source == original.source, "a given cell that was edited"
            assert not (is_check(original) and cell.outputs), "a student's output in a check cell"
        assert not left, "a graded cell is missing"
        assert rebuilt.unchanged <= {"why"}, "unchanged, but no written answer"
        assert all(note.isprintable() and len(note) < LONGEST_SENTENCE for note in rebuilt.notes), "a note"
        self._require_work(rebuilt, notebook)

    def _require_work(self, rebuilt: Rebuilt, notebook: NotebookNode) -> None:
        """Every cell of code that is not the release's is still there, or its text where a person marks text."""
        kept = {cell.source for cell in rebuilt.notebook.cells}
        released = {squeezed(cell.source) for cell in self.released.cells}
        for cell in notebook.cells:
            if cell.cell_type == "code" and squeezed(cell.source) not in {"", *released}:
                assert kept & {cell.source, tame_markdown(cell.source)}, "code of the student's is gone"

    def _require_page(self, page: NotebookNode) -> None:
        """One output in the check cell, the engine's; nowhere else one that nbgrader could take for marks; tame text."""
        assert page.cells[0].id == NOTES_ID, "no notes on top"
        for cell in page.cells:
            if cell.cell_type == "markdown" and "fuzzed" in cell.source:
                require_tame(markdown2html_mistune(cell.source))
            if cell.cell_type != "code":
                continue
            marked = [output for output in cell.outputs if output.output_type == "execute_result"]
            assert not marked or is_check(cell), "an output that nbgrader reads as marks"
            if is_check(cell):
                score, most = determine_grade(cell)
                assert most == POINTS["f"], "other points than released"
                assert (score, len(cell.outputs)) in ((1.5, 1), (0, 2)), "other marks than the engine's"

    def _require_file(self, rebuilt: Rebuilt, page: NotebookNode) -> None:
        for notebook in (page, ungraded_notebook(rebuilt)):
            nbformat.validate(notebook, relax_add_props=False)
            again = nbformat.reads(notebook_bytes(notebook).decode(), as_version=4)
            assert again == notebook, "the file holds another notebook"


def require_sentence(text: str) -> None:
    """One line for a person."""
    assert text.isprintable(), "not printable"
    assert len(text) <= LONGEST_SENTENCE, "too long"


def require_well_formed(notebook: NotebookNode) -> None:
    """What nbformat's schema asks for, as far as it is cheap to see."""
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids), "an id twice"
    for cell in notebook.cells:
        kind = cell.cell_type
        assert kind in ("code", "markdown", "raw"), "an unknown kind of cell"
        assert re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", cell.id), "no id"
        assert type(cell.source) is str, "no source"
        assert type(cell.metadata) is NotebookNode, "no metadata"
        assert set(cell) <= {"cell_type", "id", "metadata", "source", *_MORE[kind]}, "an unknown part"
        cell.source.encode()
        if kind == "code":
            _require_outputs(cell)


_MORE = {"code": ("outputs", "execution_count"), "markdown": ("attachments",), "raw": ("attachments",)}
_PARTS_OF_OUTPUT = {
    "stream": {"output_type", "name", "text"},
    "error": {"output_type", "ename", "evalue", "traceback"},
    "display_data": {"output_type", "metadata", "data"},
    "execute_result": {"output_type", "metadata", "data", "execution_count"},
}


def _require_outputs(cell: NotebookNode) -> None:
    count = cell.execution_count
    assert count is None or (type(count) is int and count >= 0), "no execution count"
    for output in cell.outputs:
        assert set(output) == _PARTS_OF_OUTPUT[output.output_type], "an output of another form"
        for value in output.get("data", {}).values():
            value.encode()


class _Scripts(HTMLParser):
    """Finds what the student's text would run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            plain = "".join(char for char in value or "" if char > " ").lower()  # as a browser reads a link
            acts = name.startswith("on") or plain.startswith(("javascript:", "vbscript:", "data:text"))
            if acts and "fuzzed" in plain:
                self.found.append(f"{tag} {name}")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script" and "fuzzed" in data:
            self.found.append("script")


def require_tame(html: str) -> None:
    """A page in which nothing of the student's runs, and which can be written to a file."""
    html.encode()
    parser = _Scripts()
    parser.feed(html)
    assert not parser.found, f"the student's text acts on the page: {parser.found[0]}"


# --- what a student may hand in ------------------------------------------------------------------------------------

_OUTPUTS: tuple[dict[str, Any], ...] = (
    {"output_type": "stream", "name": "stdout", "text": ["a\r", "b\n"]},
    {"output_type": "stream", "name": 3, "text": "\x1b]0;x\x07\x1b[2J<script>fuzzed()</script>"},
    {"output_type": "error", "ename": "E", "evalue": "<img src=x onerror=fuzzed()>", "traceback": ["\x1b[31mx", 3]},
    {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<script>fuzzed()</script>", "text/plain": "x"}},
    {"output_type": "display_data", "metadata": {}, "data": {"image/png": PNG, "image/jpeg": PNG, "text/latex": "$x$"}},
    {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "3.0"}},
    {"output_type": "execute_result", "execution_count": True, "data": {"text/plain": ["9", "9"], "image/svg+xml": "<svg/>"}},
    {"output_type": "pyout", "text": ["1"], "prompt_number": 1, "metadata": {}},
)  # fmt: skip
_MARKDOWN = (
    "Because of $a < b$.", "<script>fuzzed()</script>", "![x](attachment:a.png)", "![x](attachment:b.png)", "# A\n* b\n * c\n> d",
    "[x](javascript:fuzzed())", "[x](&#106;avascript:fuzzed())", "<a href=javascript:fuzzed()>",
    "\\begin{align}\\href{javascript:fuzzed()}{x}",
    "| a | b |\n|--|:-:|\n| `x | y` |", "```python\nx\n```", "<!--", "- [ ] a\n- [x] b[^1]\n\n[^1]: c",
    "[a]: javascript:fuzzed()\n\n[a] [a][]",
    "<javascript:fuzzed()>", "![](data:image/svg+xml;base64,x)", "\\\\( x \\\\) $$ y", "<![CDATA[", "<?php fuzzed() ?>",
    "*" * 40 + "[" * 40,
    "> " * 80 + "x", "\t- a\n" * 9, "&lt;script&gt;fuzzed()&lt;/script&gt;", "<x onerror=fuzzed()>", "a\n===\n---\n***", "[](<\n>)",
    "`" * 9,
)  # fmt: skip
_CODE = (
    "def f(x):\n    return x", "def f(x):\n    return x\n\ndef g(y): return y", "%matplotlib inline\nimport numpy", "f(1) == 1",
    "import math ", "",
    "assert f(1) == 1", "assert  f(1)==1\ndef helper(): pass", "async def f(): pass", "class f: pass", "<script>fuzzed()</script>",
    "x" * 300,
)  # fmt: skip
_WORDS = (
    *("cells", "cell_type", "source", "metadata", "outputs", "nbformat", "nbformat_minor", "worksheets", "id", "input", "text"),
    *("output_type", "data", "attachments", "execution_count", "nbgrader", "traceback", "name", "kernelspec", "level", "tags", "language"),
    *("code", "markdown", "raw", "heading", "html", "sql", "grade_id", "grade", "solution", "locked", "task", "points", "checksum"),
    *("schema_version", "given", "why", "answer", "f", "check", "end", "other_f", "other_why", "no-id-1", "no-id-2", "no-id-1-2", NOTES_ID),
    *("display_data", "execute_result", "stream", "error", "pyout", "pyerr", "text/plain", "text/html", "image/png", PNG, "language_info"),
    *("display_name", "evalue", "ename", "prompt_number", "collapsed", "orig_nbformat", "a.png", "image/jpeg", "application/json"),
    *(-1, 0, 1, 2, 3, 4, 5, 99, True, None, [], {}, [[]], {"nbgrader": 3}, {"nbgrader": {"grade_id": ["f"]}}),
    {"tags": ["a,b", 1, "", "x"]},
    *_OUTPUTS, *_MARKDOWN, *_CODE, *RELEASE["cells"],
    *({**cell, "metadata": {}} for cell in RELEASE["cells"]),
    *({"cell_type": "code", "input": "f(1)", "outputs": [output], "language": "python", "prompt_number": 1} for output in _OUTPUTS[:2]),
    {"cell_type": "heading", "level": 2, "source": ["Title"]}, {"a.png": {"image/png": PNG}}, {"a.png": {"image/png": "<svg>"}, "b.png": 3},
    {"image/png": [PNG]}, {"text/plain": {"a": 1}}, {"kernelspec": {"name": "x", "display_name": "y", "z": [[[]]]}},
    {"output_type": "stream", "text": "\x1b[" * 50}, {"cell_type": "code", "source": ["def f(x):\n", "    return x"]},
)  # fmt: skip

_CELLS = [word for word in _WORDS if isinstance(word, dict) and "cell_type" in word]
_BASES = st.fixed_dictionaries(
    {
        "version": st.sampled_from([4] * 57 + [3, 2, 1]),
        "code": st.sampled_from(_CODE),
        "prose": st.sampled_from(_MARKDOWN),
        "outputs": st.lists(st.tuples(st.integers(0, 4), st.sampled_from(_OUTPUTS)), max_size=2),
        "more": st.lists(st.tuples(st.integers(0, 5), st.sampled_from(_CELLS)), max_size=1),
        "bare": st.booleans(),
        "level": st.sampled_from([400_000_000, 1, 400_000_000, -1, "2", True, None]),
    }
)  # fmt: skip


def _batch(number: int, base: dict[str, Any], programs: mutating.Programs) -> Iterator[bytes]:
    """One submission as a student would hand it in, and others like it; made as they are asked for."""
    rng = random.Random(number)
    tree = _submission(**base)
    text = mutating.text_of(tree)
    raw = text.encode()
    yield raw
    for index in range(running.INPUTS_OF_A_BATCH - 1):
        changes_tree, program = mutating.program_of(programs, index)
        if changes_tree:
            yield _changed(rng, tree, program)
        else:
            yield _spoiled(rng, text, raw, program)


def _submission(
    version: int,
    code: str,
    prose: str,
    outputs: list[tuple[int, Any]],
    more: list[tuple[int, Any]],
    bare: bool,
    level: Any,
) -> dict[str, Any]:
    tree = copy.deepcopy(RELEASE)
    cells = tree["cells"]
    cells[2]["source"], cells[1]["source"] = code, prose
    for place, output in outputs:
        cells[place].setdefault("outputs", []).append(output)
    for place, cell in more:
        cells.insert(place, cell)
    if bare:
        tree["cells"] = [{key: item for key, item in cell.items() if key not in ("metadata", "id")} for cell in cells]
    return tree if version == 4 else _older(tree, version, level)


def _older(tree: dict[str, Any], version: int, level: Any) -> dict[str, Any]:
    cells = [
        {**cell, "input": cell.get("source", ""), "language": "python"} if cell["cell_type"] == "code" else cell
        for cell in tree["cells"]
    ]
    cells.append({"cell_type": "heading", "level": level, "source": "Title", "metadata": {}})
    old = {"nbformat": version, "nbformat_minor": 0, "metadata": {"name": ""}}
    return {**old, "cells": cells} if version == 1 else {**old, "worksheets": [{"cells": cells, "metadata": {}}]}


def _changed(rng: random.Random, tree: dict[str, Any], program: list[str]) -> bytes:
    """The submission with the program's steps done, most often in one cell."""
    changed: Any = tree
    for step in program[: rng.randint(1, len(program))]:
        cells = changed.get("cells") if isinstance(changed, dict) else None
        if isinstance(cells, list) and cells and rng.random() < 0.8:
            at = rng.randrange(len(cells))
            cells = [
                mutating.changed_tree(rng, cell, step, _WORDS) if at == n else cell for n, cell in enumerate(cells)
            ]
            changed = {**changed, "cells": cells}
        else:
            changed = mutating.changed_tree(rng, changed, step, _WORDS)
    return mutating.text_of(changed).encode()


def _spoiled(rng: random.Random, text: str, raw: bytes, program: list[str]) -> bytes:
    for step in program:
        if step in mutating.TEXT_STEPS:
            raw = mutating.changed_text(rng, raw.decode("utf-8", "replace"), step)
        else:
            raw = mutating.changed_bytes(rng, raw, step)
    return raw
