"""What has to be known to render a feedback page, and the page, fit to be sent to another process. Imports nothing of nbgrader's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

MOST_HEADS = 32
"""That are remembered: an assignment has one for each notebook."""


@dataclass(frozen=True, slots=True)
class NotebookGrades:
    """What nbgrader's GetGrades takes from the gradebook for one notebook.

    `score` is before the late penalty. `cells` has score and points of each graded cell; `comments` what a person wrote on
    each answer, else what the grader did, else None. Both go by grade_id.
    """

    score: float
    max_score: float
    late_penalty: float = 0.0
    cells: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    comments: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageNames:
    """Whose page of what it is; `folder` and `modified` (a date in words) are the notebook file's, for templates that ask."""

    assignment: str
    student: str
    notebook: str
    folder: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class PageTask:
    """Render the feedback page of an autograded notebook, for someone who has these `heads` of pages already.

    Few processes do it (`grading.pool`): each of them has to import nbgrader's pages, and colours what is new in the class.
    """

    by_few: ClassVar[bool] = True

    page: bytes
    grades: NotebookGrades
    names: PageNames
    heads: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RenderedPage:
    """A page's file: its head, None where the one who asked has it, and the rest. `digest` names the head."""

    digest: str
    head: bytes | None
    rest: bytes


class Heads:
    """Heads of pages: styles and scripts, nine tenths of a page and the same for a whole class, so that each is sent once."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}
        self.digests: frozenset[str] = frozenset()

    def whole(self, page: RenderedPage) -> bytes:
        """The page's file, of a task that had these `digests` or some of them."""
        if page.head is None:
            return self._known[page.digest] + page.rest
        if page.digest not in self._known and len(self._known) < MOST_HEADS:
            self._known[page.digest] = page.head
            self.digests = frozenset(self._known)
        return page.head + page.rest
