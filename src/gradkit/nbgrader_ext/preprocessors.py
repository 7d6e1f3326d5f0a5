"""gradkit's steps in nbgrader's own commands; named in nbgrader_config.py through `configure`."""

import json
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from gradkit.course import Assignment, open_course
from gradkit.errors import ReleaseError
from gradkit.nbgrader_ext.autograded import autograded_notebook, ungraded_notebook
from gradkit.nbgrader_ext.files import read_submitted
from gradkit.nbgrader_ext.gradebook import clear_marks, record_notebook
from gradkit.nbgrader_ext.judging import Judge
from gradkit.nbgrader_ext.outline import outline_of
from gradkit.notebook import read_notebook
from gradkit.release import collect_secrets, normalised_release, notebook_bytes, prove_no_leak, validate_source

Resources = dict[str, Any]


def _assignment(resources: Resources) -> Assignment:
    """nbgrader runs its converters in the course folder."""
    return open_course(Path.cwd()).assignment(resources["nbgrader"]["assignment"])


class CheckSource(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader's types are incomplete
    """Before nbgrader generates a release: refuse a source that gradkit would refuse."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        validate_source(_assignment(resources))
        return nb, resources


class ProveNoLeak(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader's types are incomplete
    """After nbgrader generated a release: write the same bytes as `gradkit release`, or refuse what leaks."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        assignment = _assignment(resources)
        name = f"{resources['nbgrader']['notebook']}.ipynb"
        files = {name: notebook_bytes(nb)}
        for path in sorted(assignment.source.rglob("*")):
            if path.is_file() and path.suffix != ".ipynb" and ".ipynb_checkpoints" not in path.parts:
                files[path.relative_to(assignment.source).as_posix()] = path.read_bytes()
        try:
            prove_no_leak(f"release/{assignment.name}", files, collect_secrets(assignment))
        except ReleaseError as error:
            self.log.error("%s", error)
            raise
        return normalised_release(nb), resources


class Rebuild(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader's types are incomplete
    """In place of nbgrader's own sanitizing: put the student's work into the shape of the release.

    nbgrader's DeduplicateIds and OverwriteCells stop the whole batch on a duplicated graded cell. Every check cell gets
    an error, so that no marks come of a cell that `Grade` did not reach.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        judge = Judge(_assignment(resources))
        submitted = read_notebook(json.dumps(nb).encode())  # nbgrader's reader leaves older notebooks without cell ids
        return ungraded_notebook(judge.rebuild(resources["nbgrader"]["notebook"], submitted)), resources


class Grade(NbGraderPreprocessor):  # type: ignore[misc]  # nbgrader's types are incomplete
    """In place of Execute and SaveAutoGrades: grade in the sandbox and write the marks.

    The student's file is read again from `submitted/`, so that what is graded is what was handed in. Where the engine
    can't judge, marks are taken back and the reason is logged; an unexpected error also makes nbgrader list the student.
    """

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        names = resources["nbgrader"]
        student, notebook = names["student"], names["notebook"]
        assignment = _assignment(resources)
        path = assignment.course / "submitted" / student / assignment.name / f"{notebook}.ipynb"
        with Gradebook(names["db_url"]) as gradebook:
            try:
                raw = read_submitted(path)
                judge = Judge(assignment)
                rebuilt = judge.rebuild(notebook, read_notebook(raw))
                result = judge.result(student, notebook, raw)
                graded = autograded_notebook(rebuilt, result, assignment.settings.reveal)
                record_notebook(
                    gradebook, assignment.name, student, result, outline_of(rebuilt, judge.released(notebook))
                )
            except BaseException:
                gradebook.db.rollback()
                clear_marks(gradebook, assignment.name, student, notebook)
                raise
        if result.status == "set_aside":
            self.log.error(
                "%s/%s of %s is set aside, without marks: %s", assignment.name, notebook, student, result.message
            )
        return graded, resources
