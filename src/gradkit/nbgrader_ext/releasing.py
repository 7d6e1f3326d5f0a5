"""An assignment's source in; `release/` and `solutions/`, proved free of leaks, and the gradebook's entry out."""

import copy
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from gradkit.course import Assignment, Course
from gradkit.errors import CourseError, ReleaseError
from gradkit.files import write_atomically
from gradkit.nbgrader_ext.configuration import load_config
from gradkit.nbgrader_ext.gradebook import ensure_assignment, open_gradebook
from gradkit.nbgrader_ext.quiet import quiet
from gradkit.nbgrader_ext.worked import execute
from gradkit.notebook.nodes import parsed
from gradkit.release import (
    collect_secrets,
    normalised_release,
    normalised_solution,
    notebook_bytes,
    prove_no_leak,
    read_source,
    validate_source,
)

IGNORED = (".ipynb_checkpoints", "__pycache__", "*.pyc", ".DS_Store")


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """The files of a release: those that changed, and those that were the same already."""

    written: tuple[Path, ...]
    unchanged: tuple[Path, ...]
    removed: tuple[Path, ...] = ()


def build_release(course: Course, assignment: Assignment) -> ReleaseReport:
    """Build `release/<assignment>/` and `solutions/<assignment>/*.ipynb` from the source, and enter it in the gradebook.

    Nothing is written before everything is proved: the source is well marked, questions and hidden tests match, the
    worked notebooks run without an error, no piece of a secret is in the release. Raises ReleaseError, CourseError or,
    when submissions stand in the way of changed cells, GradebookError.
    """
    validate_source(assignment)
    secrets = collect_secrets(assignment)
    with tempfile.TemporaryDirectory(prefix="gradkit-release-") as scratch:
        generated = _generate(course, assignment, Path(scratch))
        prove_no_leak(f"release/{assignment.name}", generated, secrets)
        released = {name: _normal(name, content) for name, content in generated.items()}
        prove_no_leak(f"release/{assignment.name}", released, secrets)
        worked = _worked(assignment, Path(scratch) / "worked")
    files = {assignment.release / name: content for name, content in released.items()}
    files |= {assignment.solutions / name: content for name, content in worked.items()}
    removed = _remove_stale(assignment.release, set(files))
    written = [path for path, content in files.items() if write_atomically(path, content)]
    with open_gradebook(course) as gradebook:
        ensure_assignment(gradebook, assignment)
    return ReleaseReport(tuple(written), tuple(path for path in files if path not in written), removed)


def _generate(course: Course, assignment: Assignment, scratch: Path) -> dict[str, bytes]:
    """What nbgrader's generator makes of the source, with the course's own settings, in a folder of its own."""
    shutil.copytree(assignment.source, scratch / "source" / assignment.name, ignore=shutil.ignore_patterns(*IGNORED))
    config = copy.deepcopy(load_config(course))
    config.CourseDirectory = _directory(config, scratch, assignment)
    # Our own preprocessors would look for hidden tests in the scratch folder; the checks run here, before and after.
    stock = [name for name in config.GenerateAssignment.get("preprocessors", []) if "gradkit" not in str(name)]
    config.GenerateAssignment.preprocessors = [name for name in stock if not str(name).endswith("SaveCells")]
    with quiet() as log:
        converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config, no_database=True)
        try:
            converter.start()
        except NbGraderException as error:
            raise ReleaseError(f"source/{assignment.name}: nbgrader can't generate it: {_cause(log, error)}") from error
    root = scratch / "release" / assignment.name
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def _directory(config: Config, scratch: Path, assignment: Assignment) -> Config:
    section = Config({key: value for key, value in config.CourseDirectory.items() if key in ("course_id", "ignore")})
    section.root = str(scratch)
    section.assignment_id = assignment.name
    return section


def _cause(log: list[str], error: Exception) -> str:
    """The exception at the end of the traceback that nbgrader logged."""
    tracebacks = [line.strip().splitlines()[-1] for line in log if "Traceback" in line]
    return tracebacks[-1] if tracebacks else str(error)


def _normal(name: str, content: bytes) -> bytes:
    if not name.endswith(".ipynb"):
        return content
    return notebook_bytes(normalised_release(parsed(content.decode())))


def _worked(assignment: Assignment, folder: Path) -> Mapping[str, bytes]:
    shutil.copytree(assignment.source, folder, ignore=shutil.ignore_patterns(*IGNORED))
    worked = {}
    for name in assignment.notebooks:
        place = f"source/{assignment.name}/{name}.ipynb"
        notebook = execute(read_source(assignment, name), place, folder)
        worked[f"{name}.ipynb"] = notebook_bytes(normalised_solution(notebook))
    return worked


def _remove_stale(folder: Path, wanted: set[Path]) -> tuple[Path, ...]:
    """Remove files of an earlier release that the source no longer has."""
    if folder.is_symlink():
        raise CourseError(f"{folder}: is a symbolic link; make it a folder")
    stale = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path not in wanted and ".ipynb_checkpoints" not in path.parts
    ]
    for path in stale:
        path.unlink()
    return tuple(stale)
