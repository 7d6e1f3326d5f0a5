"""gradkit's steps in `nbgrader generate_assignment` and `autograde`; named in nbgrader_config.py through `configure`."""

from pathlib import Path
from typing import Any, cast

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import AssignLatePenalties, NbGraderPreprocessor

from gradkit.course import Assignment, open_course
from gradkit.errors import ReleaseError
from gradkit.nbgrader_ext.gradebook import take_back_marks
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


class LatePenalties(AssignLatePenalties):  # type: ignore[misc]  # nbgrader's types are incomplete
    """nbgrader's own; where the course's plugin fails, the marks that it should have lowered are taken back."""

    def preprocess(self, nb: NotebookNode, resources: Resources) -> tuple[NotebookNode, Resources]:
        try:
            return cast("tuple[NotebookNode, Resources]", super().preprocess(nb, resources))
        except Exception as error:
            names = resources["nbgrader"]
            with Gradebook(names["db_url"]) as gradebook:
                take_back_marks(gradebook, names["assignment"], names["student"], [names["notebook"]])
            self.log.error("%s: %s: %s; mend the late penalty's plugin", self.plugin_class, type(error).__name__, error)
            raise
