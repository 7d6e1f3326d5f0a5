"""nbgrader's converter for `nbgrader autograde` in; students' files read, judged and entered as `gradkit grade` does it, out."""

import os
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.converters.base import NbGraderException

from gradkit.course import Assignment, open_course
from gradkit.errors import GradkitError
from gradkit.nbgrader_ext.autograded import file_of
from gradkit.nbgrader_ext.configuration import PLACES, require_places
from gradkit.nbgrader_ext.databases import REFUSALS, refusal
from gradkit.nbgrader_ext.marking import Marker
from gradkit.nbgrader_ext.submissions import has_bad_timestamp
from gradkit.notebook.nodes import parsed

Resources = dict[str, Any]
EVERYTHING = ("*", ".*")
"""Patterns of all names."""


class Autograder(NotebookExporter):
    """What `nbgrader autograde` reads notebooks with, in place of nbconvert's own; no cell is ever run here.

    nbgrader's converter reads a submitted file, writes it to `autograded/`, and reads that again to grade it. Here the first
    reading gives the release without marks and the second the judged work, so that a run that is broken off leaves no marks.
    Which notebooks there are is decided by a student's whole folder: `pre_convert_hook` rewrites the converter's list.
    """

    def __init__(self, config: Any = None, **kwargs: Any) -> None:
        super().__init__(config=config, **kwargs)  # type: ignore[no-untyped-call]
        self._converter: Any = kwargs["parent"]
        self._directory = self._converter.coursedir
        self._hook = self._converter.pre_convert_hook
        try:
            require_places({name: getattr(self._directory, name) for name in PLACES})
            self._assignment = self._open_assignment()
            self._marker = Marker(self._assignment, self._directory, self.log)
            self._look_into_folders()
        except BaseException as error:
            if hasattr(self, "_marker"):
                self._marker.close()
            if isinstance(error, GradkitError):
                raise self._refused(error) from error
            raise
        self._converter.pre_convert_hook = self._begin
        self._init_assignment = self._converter.init_assignment
        self._converter.init_assignment = self._enter
        self._convert_notebooks = self._converter.convert_notebooks
        self._converter.convert_notebooks = self._convert

    def from_filename(self, filename: str, resources: Resources | None = None, **kwargs: Any) -> tuple[Any, Resources]:
        """The notebook that nbgrader writes next, for the name of a submitted file or of one that it has just written."""
        names = (resources or {})["nbgrader"]
        student, notebook = names["student"], names["notebook"]
        place = self._directory.format_path(self._directory.autograded_directory, student, self._assignment.name)
        is_written = Path(filename).parent == Path(os.path.normpath(place))
        read = self._marker.graded if is_written else self._marker.ungraded
        try:
            node = read(student, notebook)
        except GradkitError as error:
            self.log.error("%s", error)
            raise
        own = {**(resources or {}), "metadata": {"name": notebook}}
        output, found = self.from_notebook_node(node, resources=own, **kwargs)  # type: ignore[no-untyped-call]
        return file_of(parsed(output)).decode(), found

    def _open_assignment(self) -> Assignment:
        return open_course(Path(self._directory.root)).assignment(self._directory.assignment_id)

    def _refused(self, error: GradkitError) -> NbGraderException:
        """nbgrader's way to end a command with one line."""
        self.log.critical("%s", error)
        return NbGraderException(str(error))

    def _look_into_folders(self) -> None:
        """Take care of students whom nbgrader would skip, or fail without a look at the marks that they had before."""
        directory = self._directory
        excluded = directory.student_id_exclude.split(",")
        for folder in sorted(Path(directory.root, directory.submitted_directory).glob(f"*/{self._assignment.name}")):
            student = folder.parent.name
            if student.startswith(".") or student in excluded or not fnmatchcase(student, directory.student_id):
                continue
            if str(folder) not in self._converter.assignments:
                if names := self._marker.handed_in(student, self._wanted()):
                    self._converter.assignments[str(folder)] = self._paths(folder, names)
                else:
                    self._marker.enter_nothing(student)
            if has_bad_timestamp(folder):
                self._marker.begin(student, self._wanted())
                self.log.error("%s: it says no time; mend or remove it, then autograde again", folder / "timestamp.txt")

    def _begin(self, *, assignment: str, student: str, notebooks: list[str]) -> None:
        """Before a student's notebooks are converted: `student` is nbgrader's pattern, the files tell who it is."""
        if self._hook:
            self._hook(assignment=assignment, student=student, notebooks=notebooks)
        folder = Path(notebooks[0]).parent
        try:
            names = self._marker.begin(folder.parent.name, self._wanted())
        except GradkitError as error:  # everybody's trouble; nbgrader would catch any other exception and go on
            self._marker.close()
            self.log.critical("%s", error)
            raise SystemExit(1) from error
        notebooks[:] = self._paths(folder, names) or notebooks

    def _convert(self) -> None:
        """nbgrader's own loop over students; whatever ends it, the course is free for others then."""
        try:
            self._convert_notebooks()
        finally:
            self._marker.close()

    def _enter(self, assignment_id: str, student_id: str) -> None:
        """nbgrader's own step before a student's notebooks, but for its copies of all that lies beside them: it follows links."""
        ignored, self._directory.ignore = self._directory.ignore, list(EVERYTHING)
        try:
            self._init_assignment(assignment_id, student_id)
        except REFUSALS as error:  # nbgrader goes on to the next student, and tells where it was, not what to do
            self.log.error("%s", refusal(self._directory.db_url, error))
            raise
        finally:
            self._directory.ignore = ignored
        self._marker.put_beside(student_id)

    def _wanted(self) -> tuple[str, ...]:
        return tuple(name for name in self._assignment.notebooks if fnmatchcase(name, self._directory.notebook_id))

    @staticmethod
    def _paths(folder: Path, names: tuple[str, ...]) -> list[str]:
        return [str(folder / f"{name}.ipynb") for name in names]
