"""What has to be known to render a feedback page, fit to be sent to another process. Imports nothing of nbgrader's."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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
    """Render the feedback page of an autograded notebook."""

    page: bytes
    grades: NotebookGrades
    names: PageNames
