"""A new course or assignment: made by the room `new`, released, and told with the next step."""

import shlex
from pathlib import Path

from rich.console import Console

from gradkit import nbgrader_ext
from gradkit.course import Course
from gradkit.errors import CourseError
from gradkit.new import new_assignment, write_course

_WHAT = {
    "source": "the notebook with solutions; what you change first",
    "autograder": "hidden tests, what tells known bugs apart, settings",
    "solutions": "known bugs, other right answers, the worked notebook (built)",
    "release": "what students get (built)",
}


def start_course(console: Console, folder: Path) -> None:
    """Make an empty course in the folder."""
    course, files = write_course(folder)
    for path in files:
        console.print(f"wrote {path.relative_to(course.root)}", markup=False)
    there = "" if course.root == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
    console.print(
        f"an empty course is in {course.root}\nnext: {there}gradkit new homework1", markup=False, soft_wrap=True
    )


def start_assignment(console: Console, course: Course, name: str) -> None:
    """Make an assignment in the course, and build its release."""
    try:
        with new_assignment(course, name) as assignment:
            nbgrader_ext.build_release(course, assignment)
    except KeyboardInterrupt as stopped:
        raise CourseError(f"{name}: stopped, and nothing of it stays; gradkit new {name} begins again") from stopped
    width = max(map(len, _WHAT)) + len(name) + 4
    for kind, what in _WHAT.items():
        console.print(f"{f'{kind}/{name}/':{width}}{what}", markup=False)
    console.print(
        f"{name}: made and released\nnext: gradkit verify {name}, and make source/{name}/ your own", markup=False
    )
