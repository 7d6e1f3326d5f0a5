"""An assignment in; the sandbox's server for its submissions out, which its settings and its release decide."""

from pathlib import Path

from gradkit.course import Assignment
from gradkit.errors import GradkitError
from gradkit.notebook import imported_modules, read_notebook
from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.isolation import Isolation
from gradkit.sandbox.limits import read_limits
from gradkit.sandbox.surroundings import Surroundings


def server_of(assignment: Assignment, isolation: Isolation) -> ForkServer:
    """A server that has not begun yet; raises CourseError for limits that are none."""
    limits = read_limits(assignment.settings.limits, f"autograder/{assignment.name}/assignment.toml")
    surroundings = Surroundings(
        data_files=tuple(path for path in sorted(assignment.release.glob("*")) if _is_data(path)),
        forbidden_modules=assignment.settings.forbidden_imports,
        hidden=(assignment.course,),
        imports=tuple(
            sorted({name for notebook in assignment.notebooks for name in _imports_of(assignment, notebook)})
        ),
    )
    return ForkServer(limits, surroundings, isolation)


def _is_data(path: Path) -> bool:
    return path.is_file() and path.suffix != ".ipynb" and not path.name.startswith(".")


def _imports_of(assignment: Assignment, notebook: str) -> frozenset[str]:
    """Modules that a released notebook imports; of one that can't be read, none: that is told when it is graded."""
    try:
        return imported_modules(read_notebook((assignment.release / f"{notebook}.ipynb").read_bytes()))
    except (OSError, GradkitError):
        return frozenset()
