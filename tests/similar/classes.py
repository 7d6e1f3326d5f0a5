"""Classes of notebooks out of right answers and mistakes that people wrote, and what is done to an answer that is copied."""

import ast
import json
import random
import re
import textwrap
from collections.abc import Callable
from functools import cache
from pathlib import Path

from nbformat import NotebookNode

from gradkit.course import Course
from gradkit.notebook import read_notebook
from gradkit.similar.own_code import code_of

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENT = Course(ROOT).assignment("quiz8")
INDEPENDENT = ROOT / "tests" / "quiz8" / "independent"
QUESTIONS = {
    "convolution": ("conv_forward_naive", "conv_backward_naive"),
    "dropout": ("dropout_forward", "dropout_backward"),
}

Answers = tuple[str, str]


def released(notebook: str) -> NotebookNode:
    return read_notebook((ASSIGNMENT.release / f"{notebook}.ipynb").read_bytes())


def known(notebook: str, styles: bool = True) -> list[str]:
    """What everybody is led to write: the worked notebook, and the right styles."""
    worked = code_of(read_notebook((ASSIGNMENT.solutions / f"{notebook}.ipynb").read_bytes()))
    paths = [path for name in QUESTIONS[notebook] for path in sorted((ASSIGNMENT.styles / name).glob("*.py"))]
    return worked + [path.read_text("utf-8") for path in paths if styles]


def students(notebook: str, folders: list[Path], seed: int = 1) -> list[Answers]:
    """Answers to both questions of a notebook, each file once, put together at random."""
    draw = random.Random(seed)
    forward, backward = (
        [
            path.read_text("utf-8")
            for path in sorted(path for folder in folders for path in (folder / name).glob("*.py"))
        ]
        for name in QUESTIONS[notebook]
    )
    draw.shuffle(forward)
    draw.shuffle(backward)
    return list(zip(forward, backward, strict=False))


def independent(notebook: str, *, seed: int = 1, each_hand_once: bool = False) -> list[Answers]:
    """A class out of `tests/quiz8/independent`.

    There, one person wrote several mistakes into one answer. With `each_hand_once`, of answers to a question that have three
    longer lines in common, word for word, the class has one.
    """
    folders = [INDEPENDENT / kind for kind in ("named", "other", "right")]
    if not each_hand_once:
        return students(notebook, folders, seed)
    given = _long_lines("\n".join(known(notebook, styles=False)))
    columns: list[list[str]] = [[], []]
    for answers in students(notebook, folders, seed):
        for kept, source in zip(columns, answers, strict=True):
            if all(len((_long_lines(source) & _long_lines(other)) - given) < 3 for other in kept):
                kept.append(source)
    return list(zip(*columns, strict=False))


def _long_lines(source: str) -> set[str]:
    return {line.strip() for line in source.split("\n") if len(line.strip()) > 20}


@cache
def _text(notebook: str) -> str:
    return (ASSIGNMENT.release / f"{notebook}.ipynb").read_text("utf-8")


def notebook_of(notebook: str, answers: Answers) -> bytes:
    """The release with these answers in the cells of its questions."""
    node = json.loads(_text(notebook))
    for question, source in zip(QUESTIONS[notebook], answers, strict=True):
        for cell in node["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == f"{question}_solution":
                cell["source"] = source
    return json.dumps(node).encode()


def verbatim(source: str) -> str:
    return source


def renamed(source: str) -> str:
    """Every local name another."""
    tree = ast.parse(source)
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for name in sorted(bound):
        source = re.sub(rf"\b{name}\b", f"{name}_", source)
    return source


def commented(source: str) -> str:
    """A comment before each line, and no comment of the original's."""
    lines = [line for line in source.split("\n") if not line.strip().startswith("#")]
    return "\n".join(
        f"{' ' * (len(line) - len(line.lstrip()))}# step {number}\n{line}" for number, line in enumerate(lines)
    )


def respaced(source: str) -> str:
    """Other spaces and blank lines."""
    return "\n\n".join(re.sub(r" (=|\+=|\+|\*|<) ", r"   \1  ", line) for line in source.split("\n"))


def reordered(source: str) -> str:
    """Neighbouring assignments at the same depth in another order."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            for place in range(0, len(body) - 1, 2):
                if isinstance(body[place], ast.Assign) and isinstance(body[place + 1], ast.Assign):
                    body[place], body[place + 1] = body[place + 1], body[place]
    return ast.unparse(tree)


def with_while(source: str) -> str:
    """Each `for name in range(...)` becomes a `while`."""

    class Loops(ast.NodeTransformer):
        def visit_For(self, node: ast.For) -> ast.AST | list[ast.AST]:
            self.generic_visit(node)
            is_range = isinstance(node.iter, ast.Call) and getattr(node.iter.func, "id", "") == "range"
            if not is_range or not isinstance(node.target, ast.Name):
                return node
            name, bounds = node.target.id, [ast.unparse(item) for item in node.iter.args]
            start, stop = (bounds[0], bounds[1]) if len(bounds) > 1 else ("0", bounds[0])
            body = textwrap.indent("\n".join(map(ast.unparse, node.body)), "    ")
            return ast.parse(f"{name} = {start}\nwhile {name} < {stop}:\n{body}\n    {name} += 1").body

    return ast.unparse(Loops().visit(ast.parse(source)))


def split(source: str) -> str:
    """The second half of each function's statements becomes a function of its own."""
    tree = ast.parse(source)
    for node in list(tree.body):
        if isinstance(node, ast.FunctionDef) and len(node.body) > 3:
            half = len(node.body) // 2
            rest = ast.parse(f"def rest_of_{node.name}(values):\n    globals().update(values)").body[0]
            rest.body += node.body[half:]
            node.body[half:] = ast.parse(f"return rest_of_{node.name}(locals())").body
            tree.body.append(rest)
    return ast.unparse(tree)


DISGUISES: dict[str, Callable[[str], str]] = {
    "word for word": verbatim,
    "every local name changed": renamed,
    "comments added and taken out": commented,
    "other spaces and blank lines": respaced,
    "neighbouring assignments exchanged": reordered,
    "for loops made while loops": with_while,
    "functions split in two": split,
    "names, comments and spaces": lambda source: respaced(commented(renamed(source))),
}
