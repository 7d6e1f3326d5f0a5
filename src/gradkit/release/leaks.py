"""The files of a release and the pieces that must not be in them in; every leak, with its place, out."""

import base64
import binascii
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gradkit.errors import ReleaseError
from gradkit.notebook.nodes import deep_node
from gradkit.release.lexing import lex_code, lex_text
from gradkit.release.secrets import Secret
from gradkit.release.validation import cell_name

_BASE64 = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_MARKUP = re.compile(r"<[^<>]*>")
MAX_DECODED = 5_000_000


@dataclass(frozen=True, slots=True)
class Leak:
    """A piece that was found, and where."""

    place: str
    secret: Secret

    def __str__(self) -> str:
        return (
            f"{self.place}: holds a piece of {self.secret.kind} ({self.secret.place}: `{self.secret.text}`); "
            "remove it, or write one of the two in other words"
        )


@dataclass(frozen=True, slots=True)
class _Text:
    place: str
    content: str
    code: bool = False


def prove_no_leak(folder: str, files: Mapping[str, bytes], secrets: Iterable[Secret]) -> None:
    """Raise ReleaseError with the first leaks in a release's files (name to bytes; `folder` is for the message)."""
    leaks = list(find_leaks(folder, files, secrets))
    if leaks:
        shown = [str(leak) for leak in leaks[:5]]
        more = [f"and {len(leaks) - 5} more"] if len(leaks) > 5 else []
        raise ReleaseError("\n".join([*shown, *more]))


def find_leaks(folder: str, files: Mapping[str, bytes], secrets: Iterable[Secret]) -> Iterator[Leak]:
    """Every place of the files that holds a piece, one leak for each place and origin.

    Notebooks are searched cell by cell: source, outputs, metadata, attachments, and all code cells together, so that a
    piece that is split over cells is found; other files as text. What looks like base64 is decoded and searched too.
    """
    texts = [text for name, content in sorted(files.items()) for text in _texts(f"{folder}/{name}", content)]
    haystacks = [(text.place, [f" {stream} " for stream in _streams(text)]) for text in texts]
    everything = "\n".join(stream for _, streams in haystacks for stream in streams)
    seen: set[tuple[str, str]] = set()
    for secret in secrets:
        needle = f" {secret.stream} "
        if needle not in everything:
            continue
        place = next((place for place, streams in haystacks if any(needle in stream for stream in streams)), folder)
        origin = secret.place.rpartition(", line ")[0] or secret.place
        if (place, origin) not in seen:
            seen.add((place, origin))
            yield Leak(place, secret)


def _texts(place: str, content: bytes) -> Iterator[_Text]:
    text = content.decode("utf-8", errors="replace")
    if place.endswith(".ipynb"):
        try:
            notebook = json.loads(text)
            yield from _notebook_texts(place, notebook)
            return
        except (ValueError, KeyError, TypeError, AttributeError):
            pass
    yield _Text(place, text, code=place.endswith(".py"))


def _notebook_texts(place: str, notebook: Mapping[str, Any]) -> Iterator[_Text]:
    cells = [deep_node({**cell, "metadata": cell.get("metadata", {})}) for cell in notebook["cells"]]
    for index, cell in enumerate(cells):
        where = f"{place}, {cell_name(index, cell)}"
        yield _Text(f"{where}, source", _joined(cell["source"]), code=cell["cell_type"] == "code")
        for part in ("outputs", "attachments", "metadata"):
            for text in _strings(cell.get(part)):
                yield _Text(f"{where}, {part}", text)
    for text in _strings(notebook.get("metadata")):
        yield _Text(f"{place}, notebook metadata", text)
    code = "\n".join(_joined(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    yield _Text(f"{place}, all code cells together", code, code=True)


def _joined(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value; a list of lines is one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for item in value.items() for part in item for text in _strings(part))
    elif isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        yield "".join(value)
        yield "\n".join(value)
    elif isinstance(value, list):
        yield from (text for item in value for text in _strings(item))


def _streams(text: _Text) -> Iterator[str]:
    """The text lexed in every way in which it could be read."""
    for content in (text.content, *_decoded(text.content)):
        if text.code:
            yield lex_code(content)
        yield lex_text(content)
        if "#" in content:
            yield lex_text(re.sub(r"#[^\n]*", "", content))
        if "\\n" in content:
            yield lex_text(content.replace("\\n", "\n").replace('\\"', '"'))
        if "&" in content or "<" in content:
            yield lex_text(html.unescape(_MARKUP.sub("", content)))


def _decoded(text: str) -> Iterator[str]:
    """What stands in the text as base64, also over several lines."""
    unbroken = re.sub(r"\s*\n\s*", "", text)
    for found in {match[0] for source in (text, unbroken) for match in _BASE64.finditer(source)}:
        stripped = found.rstrip("=")
        try:
            raw = base64.b64decode(stripped + "=" * (-len(stripped) % 4))
        except (binascii.Error, ValueError):
            continue
        yield raw[:MAX_DECODED].decode("utf-8", errors="ignore")
