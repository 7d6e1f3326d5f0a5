"""Makes a class to look at: submissions out of the worked notebooks, right styles and known bugs of a course."""

import copy
import itertools
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from gradkit.course import CONFIG_NAME, GUARD_NAME, Assignment, Course, open_course
from gradkit.notebook import defined_names, implant, is_solution, read_notebook
from gradkit.release import notebook_bytes

COUNTS = {"styles": 5, "bugs": 8}
"""How many of each folder a demo shows where assignment.toml does not choose."""


def copy_course(course: Course, target: Path) -> Course:
    """A course of its own in the folder `target`, with what instructors write and nothing that was produced."""
    for name in ("source", "autograder", "solutions", "release"):
        if (course.root / name).is_dir():
            shutil.copytree(
                course.root / name, target / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
            )
    for name in (CONFIG_NAME, GUARD_NAME):
        if (course.root / name).is_file():
            shutil.copy(course.root / name, target)
    return open_course(target)


def make_class(course: Course, name: str) -> list[str]:
    """Write submissions of the assignment to `submitted/`; returns the students' names."""
    assignment = course.assignment(name)
    worked = {
        notebook: read_notebook((assignment.solutions / f"{notebook}.ipynb").read_bytes())
        for notebook in assignment.notebooks
    }
    students = []
    for number, (label, changed) in enumerate(_variants(assignment, worked), start=1):
        student = f"{number:02d}-{label}"
        for notebook, content in {**worked, **changed}.items():
            path = course.submitted / student / name / f"{notebook}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(notebook_bytes(content))
        students.append(student)
    return students


def _variants(assignment: Assignment, worked: dict[str, NotebookNode]) -> Iterator[tuple[str, dict[str, NotebookNode]]]:
    yield "worked-solution", {}
    for path in _chosen(assignment):
        source = code_of(path)
        changed = {
            name: implant(node, source) for name, node in worked.items() if answers_of(node) & defined_names(source)
        }
        yield f"{path.parent.parent.name.rstrip('s')}-{path.stem}", changed
    first = min(worked)
    yield "syntax-error", {first: _break(worked[first])}
    yield "untouched", {name: read_notebook((assignment.release / f"{name}.ipynb").read_bytes()) for name in worked}


def _chosen(assignment: Assignment) -> Iterator[Path]:
    """The files that `[demo]` of assignment.toml names; else some of each folder, spread over the questions."""
    if assignment.settings.demo:
        yield from (assignment.solutions / f"{name}.py" for name in assignment.settings.demo)
        return
    for folder, count in COUNTS.items():
        columns = [sorted(question.glob("*.py")) for question in sorted((assignment.solutions / folder).glob("*/"))]
        rows = itertools.zip_longest(*columns)
        yield from itertools.islice((path for row in rows for path in row if path is not None), count)


def code_of(path: Path) -> str:
    """The file as a student would write it: without the docstring that names the mistake."""
    return re.sub(r'\A\s*(?:r?""".*?""")\s*', "", path.read_text("utf-8"), flags=re.DOTALL)


def answers_of(node: NotebookNode) -> frozenset[str]:
    """Names of the functions and classes that a worked notebook's answer cells define."""
    return frozenset().union(
        *(defined_names(cell.source) for cell in node.cells if cell.cell_type == "code" and is_solution(cell))
    )


def _break(worked: NotebookNode) -> NotebookNode:
    """A copy whose answers all lack a closing bracket."""
    broken = copy.deepcopy(worked)
    for cell in broken.cells:
        if cell.cell_type == "code" and is_solution(cell):
            cell.source = f"{cell.source.rstrip()}\nprint((1\n"
    return broken
