"""Where commands print: as wide as what reads it, colours on a terminal alone, and no control character of a student's."""

import os
import stat
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from typing import TextIO

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderHook, RenderResult
from rich.markup import escape
from rich.segment import Segment
from rich.text import Text

NO_EDGE = 140
"""Columns where nothing that has an edge is read: a file, a program."""
READABLE = 100
"""Columns: longer lines of prose are hard to read, however wide the terminal."""


def neutral(text: str) -> str:
    """`text` without what a terminal or a reader's eye could be steered by: control characters, turned writing, half letters."""
    return text if text.isprintable() else "".join(map(_printable, text))


def shown(text: str) -> str:
    """`text` of a student, a file or a course inside rich's markup."""
    return escape(neutral(text))


def output() -> Console:
    """The standard output."""
    return _made(sys.stdout, width=_width())


def errors() -> Console:
    """The standard error: each message stays one line, however long."""
    return _made(sys.stderr, soft_wrap=True)


def moving(console: Console) -> bool:
    """Whether a line may move: on a terminal that can, not where FORCE_COLOR asks for colours in a file."""
    return console.file.isatty() and not console.is_dumb_terminal


def fold(
    console: Console, text: Text, first: Text | str = "", rest: Text | str | None = None, *, widest: int = READABLE
) -> None:
    """Print `text` folded, its first line after `first`, the others after `rest`; no blanks at the ends of lines."""
    first, rest = (Text(part) if isinstance(part, str) else part for part in (first, first if rest is None else rest))
    width = max(min(console.width, widest) - max(first.cell_len, rest.cell_len), 20)
    for number, line in enumerate(text.wrap(console, width)):
        line.rstrip()
        as_is(console, Text.assemble(rest if number else first, line))


def as_is(console: Console, line: Text) -> None:
    """Print a line that no width breaks, as code that is to be copied."""
    console.print(line, no_wrap=True, overflow="ignore", crop=False)


def _made(file: TextIO, *, width: int | None = None, soft_wrap: bool = False) -> Console:
    with suppress(AttributeError, ValueError):  # a letter that the terminal doesn't have is no reason to stop
        file.reconfigure(errors="replace")  # type: ignore[attr-defined]
    console = Console(file=file, highlight=False, emoji=False, width=width, soft_wrap=soft_wrap)
    console.push_render_hook(_Neutralising())
    return console


def _width() -> int | None:
    """None is the terminal's own. What is piped on, as into `less`, comes back to the terminal that the errors go to."""
    if sys.stdout.isatty() or os.environ.get("COLUMNS"):
        return None
    with suppress(OSError, ValueError):
        if stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode) and sys.stderr.isatty():
            return os.get_terminal_size(sys.stderr.fileno()).columns or NO_EDGE
    return NO_EDGE


def _printable(char: str) -> str:
    if char in "\n\t" or char.isprintable():
        return char
    return " " if unicodedata.category(char) == "Zs" else "?"


class _Neutralising(RenderHook):
    """The last line of defence: whatever a command forgets to neutralise is neutral here."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Neutral(renderable) for renderable in renderables]


class _Neutral:
    def __init__(self, renderable: ConsoleRenderable) -> None:
        self.renderable = renderable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        return self._segments(console, options)

    def _segments(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for segment in console.render(self.renderable, options):
            yield segment if segment.control else Segment(neutral(segment.text), segment.style)
