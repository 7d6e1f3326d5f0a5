"""What nbgrader calls before it converts: it chdirs to the course folder first."""

from pathlib import Path
from typing import Any

from gradkit.course import open_course
from gradkit.nbgrader_ext.gradebook import ensure_assignment, open_gradebook


def register_assignment(*, assignment: str, student: str, notebooks: Any) -> None:
    """Enter the assignment in the gradebook from `release/`, so that a fresh clone can grade right away."""
    course = open_course(Path.cwd())
    with open_gradebook(course) as gradebook:
        ensure_assignment(gradebook, course.assignment(assignment))
