"""The grader's notes in, a Markdown cell for the top of a student's notebook out."""

import re
from collections.abc import Sequence


def notes_markdown(notes: Sequence[str]) -> str:
    """A Markdown cell, for the top of the notebook, with what the grader has to say about it as a whole."""
    lines = "\n".join(f"- {_markdown_text(note)}" for note in notes)
    return f"**Notes of the grader**\n\n{lines}"


def _markdown_text(text: str) -> str:
    """Text that Markdown shows as it is: one line, as code where it could mean something."""
    line = " ".join(text.split())
    if not re.search(r"[<>\[\]\\$&*`!]", line):
        return line
    fence = "`" * (1 + max((len(run) for run in re.findall(r"`+", line)), default=0))
    return f"{fence} {line} {fence}"
