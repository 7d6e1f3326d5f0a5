"""An assignment's source notebooks in; a ReleaseError that names file, cell and reason out, where nbgrader would be cryptic."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import nbformat
from nbformat import NotebookNode

from gradkit.course import Assignment
from gradkit.errors import ReleaseError
from gradkit.notebook.nodes import parsed
from gradkit.release.questions import match_questions

BEGIN = "BEGIN SOLUTION"
END = "END SOLUTION"
SCHEMA_VERSION = 3

_KEYS = {"schema_version", "grade", "locked", "solution", "task", "grade_id", "points", "checksum", "cell_type"}
_GRADE_ID = re.compile(r"[a-zA-Z0-9_-]+")
_DIRECTIVES = {
    "BEGIN HIDDEN TESTS": "hidden tests belong into autograder/, where the student's code can't read them",
    "### AUTOTEST": "generated tests run beside the student's code; write hidden tests in autograder/",
    "### HASHED AUTOTEST": "generated tests run beside the student's code; write hidden tests in autograder/",
}


def validate_source(assignment: Assignment) -> None:
    """Check every source notebook and that its questions and the hidden tests match; raises ReleaseError."""
    for name in assignment.notebooks:
        place = f"source/{assignment.name}/{name}.ipynb"
        notebook = read_source(assignment, name)
        for problem in _problems(notebook):
            raise ReleaseError(f"{place}, {problem}")
    match_questions(assignment)


def read_source(assignment: Assignment, name: str) -> NotebookNode:
    """One source notebook; raises ReleaseError when it is not of format 4.5, the first whose cells have ids."""
    place = f"source/{assignment.name}/{name}.ipynb"
    path = assignment.source / f"{name}.ipynb"
    try:
        data = json.loads(path.read_text("utf-8"))
        version = (int(data["nbformat"]), int(data["nbformat_minor"]))
        if version < (4, 5):
            raise ReleaseError(
                f"{place}: format {version[0]}.{version[1]} has no cell ids, which every release needs to be the same; "
                "open it in JupyterLab and save it"
            )
        _require_unique_ids(data, place)  # nbformat would mend them with random ones
        nbformat.validate(data)
        notebook = parsed(json.dumps(data))
    except (ValueError, KeyError, TypeError, AttributeError, nbformat.ValidationError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ReleaseError(f"{place}: not a valid notebook ({reason}); open it in Jupyter and save it") from error
    return notebook


def _require_unique_ids(data: Mapping[str, Any], place: str) -> None:
    ids = [cell.get("id") for cell in data["cells"]]
    for index, cell_id in enumerate(ids):
        if cell_id in ids[:index]:
            raise ReleaseError(
                f'{place}, cell {index + 1}: the cell id "{cell_id}" is also that of cell {ids.index(cell_id) + 1}; '
                "open the notebook in JupyterLab and save it"
            )


def solution_lines(source: str) -> list[int]:
    """Indices of the lines between BEGIN SOLUTION and END SOLUTION; all lines where there is no such region."""
    lines = source.split("\n")
    if not any(BEGIN in line for line in lines):
        return list(range(len(lines)))
    inside, found = False, []
    for index, line in enumerate(lines):
        if BEGIN in line or END in line:
            inside = BEGIN in line
        elif inside:
            found.append(index)
    return found


def cell_name(index: int, cell: NotebookNode) -> str:
    """What a message calls a cell: its grade_id where it has one, else its place counted from 1."""
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    return f'cell "{grade_id}"' if grade_id else f"cell {index + 1}"


def _problems(notebook: NotebookNode) -> Iterator[str]:
    seen: dict[str, int] = {}
    for index, cell in enumerate(notebook.cells):
        marks = cell.metadata.get("nbgrader")
        for problem in (*_region_problems(cell), *(_mark_problems(marks, cell) if marks is not None else ())):
            yield f"{cell_name(index, cell)}: {problem}"
        grade_id = (marks or {}).get("grade_id")
        if grade_id in seen:
            yield f'cell {index + 1}: the grade_id "{grade_id}" is also that of cell {seen[grade_id]}; rename one'
        if grade_id:
            seen[grade_id] = index + 1


def _region_problems(cell: NotebookNode) -> Iterator[str]:
    inside = False
    for number, line in enumerate(cell.source.split("\n"), start=1):
        if BEGIN in line:
            if inside:
                yield f'line {number} has {BEGIN} inside a solution; add "### {END}" before it'
            inside = True
        elif END in line:
            if not inside:
                yield f'line {number} has {END} without {BEGIN}; add "### {BEGIN}" before it'
            inside = False
        for directive, reason in _DIRECTIVES.items():
            if directive in line:
                yield f"line {number} has {directive}: {reason}"
    if inside:
        yield f'{BEGIN} has no end; add "### {END}"'
    if BEGIN in cell.source and not cell.metadata.get("nbgrader", {}).get("solution"):
        yield "a solution stands in a cell that is not a solution cell; mark it as one in Jupyter's assignment toolbar"


def _mark_problems(marks: Mapping[str, Any], cell: NotebookNode) -> Iterator[str]:
    if marks.get("schema_version") != SCHEMA_VERSION:
        yield f"nbgrader metadata has schema version {marks.get('schema_version')!r}, not {SCHEMA_VERSION}; run nbgrader update"
    for key in ("grade", "solution", "locked"):
        if not isinstance(marks.get(key), bool):
            yield f"nbgrader metadata has {key} = {marks.get(key)!r}; it must be true or false"
    if extra := sorted(set(marks) - _KEYS):
        yield f"nbgrader metadata has unknown keys: {', '.join(extra)}; remove them"
    if not any(marks.get(key) for key in ("grade", "solution", "locked", "task")):
        return
    if not _GRADE_ID.fullmatch(str(marks.get("grade_id", ""))):
        yield f"the grade_id is {marks.get('grade_id')!r}; use letters, digits, _ and -"
    if cell.cell_type == "raw":
        yield "a raw cell can't be graded, locked or a solution; make it code or Markdown"
    if (
        cell.cell_type == "markdown"
        and bool(marks.get("grade")) != bool(marks.get("solution"))
        and not marks.get("task")
    ):
        yield "a Markdown cell must be graded and a solution, both or neither"
    if cell.cell_type == "markdown" and marks.get("grade") and not isinstance(marks.get("points"), int | float):
        yield f"points are {marks.get('points')!r}; give a number"
