"""Autograded notebooks in, feedback pages out, through nbgrader's own GenerateFeedback."""

from collections.abc import Collection
from pathlib import Path

from nbconvert.exporters import HTMLExporter
from nbgrader.converters import GenerateFeedback
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SQLAlchemyError
from traitlets.config import Config

from gradkit.course import Assignment, Course
from gradkit.errors import GradingError
from gradkit.nbgrader_ext.configuration import load_config
from gradkit.nbgrader_ext.quiet import quiet


class _Chosen(GenerateFeedback):  # type: ignore[misc]  # nbgrader's types are incomplete
    """GenerateFeedback for some students in one go: making the exporter takes longer than a page."""

    assignments: dict[str, list[str]]

    def __init__(self, students: Collection[str], **options: object) -> None:
        super().__init__(**options)
        self.students = students

    def init_notebooks(self) -> None:
        super().init_notebooks()
        self.assignments = {
            path: found for path, found in self.assignments.items() if Path(path).parent.name in self.students
        }


def generate_feedback(
    course: Course, assignment: Assignment, students: Collection[str], config: Config | None = None
) -> None:
    """Write feedback/<student>/<assignment>/<notebook>.html for these students; raises GradingError naming those that failed."""
    if not students:
        return
    config = config or load_config(course)
    directory = CourseDirectory(config=config, assignment_id=assignment.name)
    with quiet() as log:
        converter = _Chosen(set(students), coursedir=directory, config=config, force=True)
        converter.exporter_class = HTMLExporter
        try:
            converter.start()
        except (NbGraderException, SQLAlchemyError, OSError) as error:
            reasons = [line for line in log if "Removing existing" not in line]
            last = reasons[0].strip().splitlines()[-1] if reasons else str(error)
            raise GradingError(f"feedback/: some pages of {assignment.name} could not be written ({last})") from error
