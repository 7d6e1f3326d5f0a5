"""What a release must not hold: pieces of solutions, of known bugs and of hidden tests.

A piece of code is a run of statements that follow each other in one function (or at the top) of a solution region, a
file of the known-bugs or styles library, or a hidden test. The run must say something: its computing statements have
together at least `WEIGHT` words and signs. A statement computes when it holds a call or an operator. So imports, `def`
lines, docstrings, `return out, cache`, `N, C, H, W = x.shape`, `p = dropout_param["p"]` and `if mode == "train":` weigh
nothing, and loop headers weigh nothing unless they are long. What the student is given inside the answer cells, outside
the solution regions, weighs nothing either: it is meant to be seen.

A piece of prose is any run of `PROSE` words and signs of a written solution, or of a known bug's hint.

Layout, comments, quotes and line breaks make no difference. Renamed variables do: then it is other code.
"""

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from nbformat import NotebookNode

from gradkit.course import Assignment
from gradkit.release.lexing import lex_code, lex_text, size
from gradkit.release.validation import cell_name, read_source, solution_lines

Kind = Literal["the solution", "a worked style", "a known bug", "a hidden test"]

WEIGHT: dict[Kind, int] = {"the solution": 5, "a worked style": 8, "a known bug": 12, "a hidden test": 24}
PROSE = 25
LONG_HEADER = 12

_COMPUTING = (
    *(ast.Call, ast.BinOp, ast.Compare, ast.BoolOp, ast.UnaryOp, ast.AugAssign),
    *(ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Secret:
    """One piece that must not be found: where it comes from, its first line as written, and its lexed stream."""

    kind: Kind
    place: str
    text: str
    stream: str


@dataclass(frozen=True, slots=True)
class _Statement:
    line: int
    text: str
    stream: str
    weight: int


def collect_secrets(assignment: Assignment) -> list[Secret]:
    """Every piece of the assignment's solutions, known bugs, styles and hidden tests."""
    secrets: list[Secret] = []
    sources = {name: read_source(assignment, name) for name in assignment.notebooks}
    given = "\n".join(stream for notebook in sources.values() for stream in _given_streams(notebook))
    for name, notebook in sources.items():
        secrets += _of_notebook(notebook, f"source/{assignment.name}/{name}.ipynb", given)
    for folder, kind in _folders(assignment):
        for path in sorted(folder.rglob("*.py")):
            secrets += _of_file(path, path.relative_to(assignment.course).as_posix(), kind, given)
    return list({secret.stream: secret for secret in reversed(secrets)}.values())


def _folders(assignment: Assignment) -> tuple[tuple[Path, Kind], ...]:
    return (
        (assignment.styles, "a worked style"),
        (assignment.bugs, "a known bug"),
        (assignment.autograder, "a hidden test"),
    )


def _of_notebook(notebook: NotebookNode, place: str, given: str) -> Iterator[Secret]:
    for index, cell in enumerate(notebook.cells):
        if not cell.metadata.get("nbgrader", {}).get("solution"):
            continue
        where = f"{place}, {cell_name(index, cell)}"
        lines = set(solution_lines(cell.source))
        if cell.cell_type == "code":
            blocks = [[s for s in block if s.line - 1 in lines] for block in _blocks(cell.source)]
            yield from _pieces(blocks, where, "the solution", given)
        else:
            kept = [line for number, line in enumerate(cell.source.split("\n")) if number in lines]
            yield from _prose("\n".join(kept), where, "the solution")


def _of_file(path: Path, place: str, kind: Kind, given: str) -> Iterator[Secret]:
    source = path.read_text("utf-8")
    yield from _pieces(_blocks(source), place, kind, given)
    if kind == "a known bug":
        try:
            hint = ast.get_docstring(ast.parse(source)) or ""
        except SyntaxError:
            hint = ""
        yield from _prose(hint, place, kind)
    if kind == "a hidden test":
        for name in re.findall(r"^\s*def (test_\w{8,})", source, re.MULTILINE):
            yield Secret(kind, place, name, name)


def _given_streams(notebook: NotebookNode) -> Iterator[str]:
    """What the answer cells show to the student outside the solution regions, as code and with comments and docstrings."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            hidden = set(solution_lines(cell.source))
            shown = "\n".join(line for number, line in enumerate(cell.source.split("\n")) if number not in hidden)
            yield f" {lex_code(shown)} "
            yield f" {lex_text(shown)} "


def _pieces(blocks: Iterable[Sequence[_Statement]], place: str, kind: Kind, given: str) -> Iterator[Secret]:
    """The shortest run that weighs enough from each statement on."""
    for block in blocks:
        weighed = [replace(s, weight=0) if f" {s.stream} " in given else s for s in block]
        for first, start in enumerate(weighed):
            weight, streams = 0, []
            if not start.weight:
                continue
            for statement in weighed[first:]:
                weight += statement.weight
                streams.append(statement.stream)
                if weight >= WEIGHT[kind]:
                    yield Secret(kind, f"{place}, line {start.line}", start.text, " ".join(streams))
                    break


def _prose(text: str, place: str, kind: Kind) -> Iterator[Secret]:
    words = lex_text(text).split(" ")
    for first in range(len(words) - PROSE + 1):
        run = " ".join(words[first : first + PROSE])
        yield Secret(kind, place, " ".join(run.split(" ")[:12]) + " …", run)


def _blocks(source: str) -> list[list[_Statement]]:
    """The statements of each function and of the top level, in order."""
    try:
        tree = ast.parse(textwrap.dedent(source))
    except (SyntaxError, ValueError):
        return [list(_by_line(source))]
    lines = textwrap.dedent(source).split("\n")
    blocks: list[list[_Statement]] = [[]]
    _walk(tree.body, lines, blocks, blocks[0])
    return blocks


def _by_line(source: str) -> Iterator[_Statement]:
    """For code that does not parse, as with a magic: each line is a statement."""
    for number, line in enumerate(source.split("\n"), start=1):
        stream = lex_code(line)
        if stream:
            yield _Statement(number, line.strip(), stream, size(stream) if re.search(r"[(+*/<>@%-]", line) else 0)


def _walk(body: Sequence[ast.stmt], lines: list[str], blocks: list[list[_Statement]], block: list[_Statement]) -> None:
    for node in body:
        if isinstance(node, _SCOPES):
            blocks.append([])
            _walk(node.body, lines, blocks, blocks[-1])
            continue
        inner = _bodies(node)
        if not _is_docstring(node):
            block.append(_statement(node, lines, header=bool(inner)))
        for number, part in enumerate(inner):
            if number and not lines[part[0].lineno - 1].lstrip().startswith("elif"):
                block.append(_Statement(part[0].lineno, "else:", "else :", 0))
            _walk(part, lines, blocks, block)


def _bodies(node: ast.stmt) -> list[list[ast.stmt]]:
    parts = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
    parts[1:1] = [handler.body for handler in getattr(node, "handlers", [])]
    parts += [case.body for case in getattr(node, "cases", [])]
    return [part for part in parts if part]


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _statement(node: ast.stmt, lines: list[str], *, header: bool) -> _Statement:
    text = _segment(node, lines, header=header)
    stream = lex_code(text)
    parts = (
        [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr | ast.withitem)]
        if header
        else [node]
    )
    computes = any(_computes(inner) for part in parts for inner in ast.walk(part))
    weight = size(stream) if computes and (not header or size(stream) >= LONG_HEADER) else 0
    return _Statement(node.lineno, text.strip().split("\n")[0], stream, weight)


def _computes(node: ast.AST) -> bool:
    if isinstance(node, ast.UnaryOp):
        return not isinstance(node.operand, ast.Constant)
    return isinstance(node, _COMPUTING)


def _segment(node: ast.stmt, lines: list[str], *, header: bool) -> str:
    """The statement as written; of a compound one, what stands before its body."""
    last, column = node.end_lineno or node.lineno, node.end_col_offset or 0
    if header:
        first = _bodies(node)[0][0]
        last, column = first.lineno, first.col_offset
    rows = lines[node.lineno - 1 : last]
    rows[-1] = rows[-1].encode()[:column].decode()
    rows[0] = rows[0].encode()[node.col_offset :].decode()
    return "\n".join(rows)
