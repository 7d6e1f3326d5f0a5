"""An assignment in; the sandbox's server for its submissions out, which its settings and its release decide."""

from pathlib import Path

from nbformat import NotebookNode

from gradkit.course import Assignment
from gradkit.errors import GradkitError
from gradkit.notebook import imported_modules, read_notebook
from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.isolation import Isolation
from gradkit.sandbox.limits import read_limits
from gradkit.sandbox.surroundings import Surroundings


def server_of(assignment: Assignment, isolation: Isolation) -> ForkServer:
    """A server that has not begun yet; raises CourseError for limits that are none."""
    released = [notebook for name in assignment.notebooks if (notebook := _released(assignment, name)) is not None]
    limits = read_limits(assignment.settings.limits, f"autograder/{assignment.name}/assignment.toml")
    surroundings = Surroundings(
        data_files=tuple(path for path in sorted(assignment.release.glob("*")) if _is_data(path)),
        forbidden_modules=assignment.settings.forbidden_imports,
        hidden=(assignment.course,),
        imports=tuple(sorted({name for notebook in released for name in _imports_of(notebook)})),
        given=tuple(
            {cell.source: None for notebook in released for cell in notebook.cells if cell.cell_type == "code"}
        ),
    )
    return ForkServer(limits, surroundings, isolation)


def _is_data(path: Path) -> bool:
    return path.is_file() and path.suffix != ".ipynb" and not path.name.startswith(".")


def _released(assignment: Assignment, notebook: str) -> NotebookNode | None:
    """A released notebook; None for one that can't be read: that is told when it is graded."""
    try:
        return read_notebook((assignment.release / f"{notebook}.ipynb").read_bytes())
    except (OSError, GradkitError):
        return None


def _imports_of(released: NotebookNode) -> frozenset[str]:
    """Modules that a released notebook imports; none where its code can't be read, which is told when it is graded, too."""
    try:
        return imported_modules(released)
    except GradkitError:
        return frozenset()
