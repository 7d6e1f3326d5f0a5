"""Autograded notebooks in, feedback pages out, through nbgrader's own GenerateFeedback."""

import errno
import os
from collections.abc import Collection, Sequence
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
        """Their notebooks by name: nbgrader's own search takes a student's name for a pattern."""
        self.notebooks: list[str] = []
        folders = [Path(self._format_source(self.coursedir.assignment_id, student)) for student in self.students]
        found = {str(folder): [str(path) for path in sorted(folder.glob("*.ipynb"))] for folder in folders}
        self.assignments = {folder: paths for folder, paths in found.items() if paths}

    def missing(self) -> list[str]:
        """Pages that should have been written and are not there."""
        excluded = self.coursedir.student_id_exclude.split(",")
        pages = [
            Path(self._format_dest(self.coursedir.assignment_id, Path(folder).parent.name)) / f"{Path(path).stem}.html"
            for folder, paths in self.assignments.items()
            for path in paths
            if Path(folder).parent.name not in excluded
        ]
        return [str(page) for page in pages if not page.is_file()]


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
            reason = _reason(log) or str(error)
            step = "make room" if os.strerror(errno.ENOSPC) in reason else "mend that"
            raise GradingError(
                f"feedback/: some pages of {assignment.name} could not be written ({reason}); {step} and grade again"
            ) from error
        if missing := converter.missing():
            raise GradingError(f"{missing[0]}: nbgrader wrote no page; rename the student's folder and grade again")


def _reason(log: Sequence[str]) -> str:
    """What the first page that failed failed with."""
    lines = [line.strip() for line in log if line.strip() and "Removing existing" not in line]
    tracebacks = [line for line in lines if line.startswith("Traceback")]
    return next((line.splitlines()[-1] for line in (*tracebacks, *lines)), "")
