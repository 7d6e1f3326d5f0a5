"""The rooms of the engine import only what the design allows."""

import ast
from pathlib import Path

import pytest

import gradkit

ENGINE = Path(gradkit.__file__).parent
EVERYTHING = frozenset(
    path.stem for path in ENGINE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
)
MAY_IMPORT = {
    "errors": set(),
    "course": {"errors"},
    "files": set(),
    "notebook": {"errors"},
    "release": {"errors", "course", "notebook"},
    "results": {"errors"},
    "checks": {"errors"},
    "sandbox": {"errors"},
    "bugs": {"errors", "course", "files", "checks", "results"},
    "pytest_plugin": {"errors", "course", "sandbox", "checks", "bugs", "results"},
    "grading": {"errors", "course", "notebook", "sandbox", "pytest_plugin", "bugs", "results"},
    "verify": {"errors", "course", "checks", "sandbox", "pytest_plugin", "bugs", "results", "grading"},
    "feedback": {"errors", "course", "results"},
    "similar": {"errors", "notebook", "results"},
    "export": {"errors", "course", "results"},
    "report": {"errors", "course", "results"},
    "nbgrader_ext": {"errors", "course", "files", "notebook", "release", "grading", "results", "feedback", "similar"},
    "new": {"errors", "course"},
    "demo": {"errors", "course", "notebook", "release"},
    "cli": EVERYTHING,
    "__main__": {"cli"},
    "__init__": set(),
}


def imports(path: Path) -> set[str]:
    """Dotted names that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def room_of(path: Path) -> str:
    return path.relative_to(ENGINE).parts[0].removesuffix(".py")


TEMPLATES = ENGINE / "new" / "templates"
"""Files of a course, not of the engine."""
MODULES = sorted(path for path in ENGINE.rglob("*.py") if not path.is_relative_to(TEMPLATES))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ENGINE).as_posix())
def test_a_room_imports_only_what_it_may(path):
    """Each import of gradkit by a module is in the design's table."""
    room = room_of(path)
    others = {name.split(".")[1] for name in imports(path) if name.startswith("gradkit.")} & EVERYTHING - {room}
    assert others <= set(MAY_IMPORT[room])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ENGINE).as_posix())
def test_only_one_room_imports_nbgrader(path):
    """nbgrader is imported by nbgrader_ext and by nothing else."""
    assert room_of(path) == "nbgrader_ext" or not any(name.split(".")[0] == "nbgrader" for name in imports(path))


def test_the_worker_imports_the_wire_and_nothing_else_of_gradkit():
    """What runs beside the student's code knows no other part of the engine."""
    for name in ("worker.py", "wire.py", "rehearsal.py"):
        ours = {found for found in imports(ENGINE / "sandbox" / name) if found.startswith("gradkit")}
        assert ours <= {"gradkit.sandbox", "gradkit.sandbox.wire"}


def test_the_engine_names_no_assignment(course):
    """No assignment, notebook or question of this course is named in the engine."""
    names = {"quiz8"}
    for name in course.assignments:
        assignment = course.assignment(name)
        names |= {name, *(question.grade_id for question in assignment.questions)}
    for path in MODULES:
        text = path.read_text("utf-8")
        assert not {name for name in names if name in text}, path
