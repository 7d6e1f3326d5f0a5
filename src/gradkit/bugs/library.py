"""The known-bugs library of an assignment: files in, bugs with their titles, hints and code out."""

import ast
import re
from dataclasses import dataclass, replace
from pathlib import Path

from gradkit.errors import CourseError

_PARAGRAPHS = re.compile(r"\n\s*\n")
_BECAUSE = "Evidence:"
_BY_CASES = {"Known by its cases": "some", "Known by all its cases": "all"}


@dataclass(frozen=True, slots=True)
class KnownBug:
    """One wrong implementation of a question's function.

    `<name>.py` and `<name>.<variant>.py` are the same mistake, seen in different behaviour.
    """

    question: str
    name: str
    variant: str
    title: str
    hint: str
    because: str
    """What the numbers of the evidence mean; from a paragraph at the end that begins with "Evidence:"."""
    by_cases: str
    """Known by the cases that go wrong, not by how: "some" of its cases, where a paragraph at the end begins with "Known by
    its cases", "all" of them with "Known by all its cases"; else "".
    """
    source: str

    @property
    def label(self) -> str:
        """The file's name without `.py`."""
        return f"{self.name}.{self.variant}" if self.variant else self.name


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    hint: str
    because: str
    by_cases: str


def read_bugs(folder: Path, question: str) -> tuple[KnownBug, ...]:
    """The known bugs of one question, sorted by name; raises CourseError for a file without title and hint.

    A variant has the words of its bug where it brings none of its own; it may bring a title or its evidence alone.
    """
    found: list[KnownBug] = []
    words: dict[str, _Words] = {}
    for path in sorted((folder / question).glob("*.py"), key=lambda path: (path.stem.partition(".")[0], path.stem)):
        place = f"{folder.name}/{question}/{path.name}"
        source, tree = _parse(path, place)
        if not any(isinstance(node, ast.FunctionDef) and node.name == question for node in tree.body):
            raise CourseError(f"{place}: it does not define {question}")
        name, _, variant = path.stem.partition(".")
        own = _read_words(ast.get_docstring(tree) or "", words.get(name) if variant else None)
        if own is None:
            raise CourseError(
                f"{place}: no title and hint; the docstring's first line is the title, the rest the hint"
                + (f", and there is no {name}.py to take them from" if variant else "")
            )
        words.setdefault(name, own)
        found.append(KnownBug(question, name, variant, own.title, own.hint, own.because, own.by_cases, source))
    return tuple(found)


def _parse(path: Path, place: str) -> tuple[str, ast.Module]:
    try:
        source = path.read_text("utf-8")
        return source, ast.parse(source)
    except (SyntaxError, UnicodeDecodeError, ValueError) as error:
        raise CourseError(f"{place}: not valid Python ({error}); a known bug has to run") from error


def _read_words(docstring: str, inherited: _Words | None) -> _Words | None:
    """Title, hint and what belongs to them; what a variant lacks is inherited. None where there is no title or hint."""
    paragraphs = [text.strip() for text in _PARAGRAPHS.split(docstring) if text.strip()]
    because, by_cases = "", ""
    while paragraphs and paragraphs[-1].startswith((_BECAUSE, *_BY_CASES)):
        last = " ".join(paragraphs.pop().split())
        by_cases = next((kind for start, kind in _BY_CASES.items() if last.startswith(start)), by_cases)
        because = last.removeprefix(_BECAUSE).strip() if last.startswith(_BECAUSE) else because
    if not paragraphs:
        if inherited is None:
            return None
        return replace(inherited, because=because or inherited.because, by_cases=by_cases or inherited.by_cases)
    title, *hint = paragraphs
    if "\n" in title or not (hint or inherited):
        return None
    return _Words(title, "\n\n".join(hint) or (inherited.hint if inherited else ""), because, by_cases)
