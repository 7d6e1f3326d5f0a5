"""What is asked of a process that judges, and what it gives back: plain data that can be sent."""

from dataclasses import dataclass

from gradkit.nbgrader_ext.outline import Outline
from gradkit.results import NotebookResult


@dataclass(frozen=True, slots=True)
class Judged:
    """A notebook with its result; `page` is the autograded notebook's file, `notes` say what was mended.

    `seconds` is what judging it took; None where the result was known, or came from another machine.
    """

    result: NotebookResult
    page: bytes
    outline: Outline
    notes: tuple[str, ...] = ()
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class JudgeTask:
    """Judge a notebook: grade `raw`, unless its `result` is known already."""

    notebook: str
    raw: bytes
    result: NotebookResult | None = None
