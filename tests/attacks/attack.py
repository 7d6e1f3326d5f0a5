"""An attack in: a file with percent cells, or a function that hands in; its notebook and what is expected of it out."""

import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import handed_in

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ASSIGNMENT = "quiz8"
EXPECTED = ("nothing", "everything", "as without the attack", "less than everything", "set aside")
_FIELD = re.compile(r"^(Answers|Expect|Said|Notebook|Student|Cells): (.*)$", re.MULTILINE)
_CELL = re.compile(r"^# %%[ ]*(.*)$", re.MULTILINE)
_SOLUTION = "_solution"


@dataclass(frozen=True)
class Attack:
    """One attack: who hands it in, how, and what has to come of it.

    `said` is a regular expression: words of the record that only come of an attack that ran. `answers` are those in the
    cells that the attack leaves alone: "untouched", "right", or the name of a known bug of dropout_forward.
    """

    name: str
    tried: str
    expect: str
    said: str
    hand_in: Callable[[Path], None]
    answers: str = "untouched"
    notebook: str = "dropout"
    student: str = ""


def read_attacks() -> dict[str, Attack]:
    """Every file of `notebooks/` and every function of `handed_in`, by its name."""
    found = [_from_file(path) for path in sorted((HERE / "notebooks").glob("*.py"))]
    found += [
        _from_function(name, function)
        for name, function in inspect.getmembers(handed_in, inspect.isfunction)
        if function.__module__ == handed_in.__name__ and not name.startswith("_")
    ]
    return {attack.name: attack for attack in found}


def notebook_of(name: str, answers: str, cells: str = "answers") -> dict[str, Any]:
    """A release with answers in it; of its cells only those that nbgrader knows, or `all`."""
    data: dict[str, Any] = json.loads((ROOT / "release" / ASSIGNMENT / f"{name}.ipynb").read_text("utf-8"))
    if cells != "all":
        data["cells"] = [cell for cell in data["cells"] if _grade_id(cell)]
    for cell in data["cells"]:
        if _grade_id(cell).endswith(_SOLUTION) and answers != "untouched":
            cell["source"] = _answer(name, _grade_id(cell), answers)
    return data


def code_cell(source: str) -> dict[str, Any]:
    """A cell of the student's own."""
    return {"cell_type": "code", "execution_count": None, "id": "own", "metadata": {}, "outputs": [], "source": source}


def write_notebook(path: Path, data: dict[str, Any]) -> None:
    """The notebook as a file, its folder included; each cell gets an id of its own."""
    for number, cell in enumerate(data["cells"]):
        if cell.get("id") == "own":
            cell["id"] = f"own-{number}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), "utf-8")


def _from_file(path: Path) -> Attack:
    text = path.read_text("utf-8")
    doc, fields = _fields(text.split('"""')[1], path.name)
    answers, notebook = fields.get("Answers", "untouched"), fields.get("Notebook", "dropout")

    def hand_in(folder: Path) -> None:
        data = notebook_of(notebook, answers, fields.get("Cells", "answers"))
        _put_cells(data["cells"], text, path.name)
        write_notebook(folder / f"{notebook}.ipynb", data)

    return Attack(
        path.stem, doc, fields["Expect"], fields["Said"], hand_in, answers, notebook, fields.get("Student", path.stem)
    )


def _from_function(name: str, function: Callable[..., None]) -> Attack:
    doc, fields = _fields(function.__doc__ or "", name)
    answers, notebook = fields.get("Answers", "untouched"), fields.get("Notebook", "dropout")
    name = name.replace("_", "-")

    def hand_in(folder: Path) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        function(folder, notebook_of(notebook, answers))

    student = fields.get("Student", name)
    return Attack(name, doc, fields["Expect"], fields["Said"], hand_in, answers, notebook, student)


def _fields(doc: str, place: str) -> tuple[str, dict[str, str]]:
    doc = inspect.cleandoc(doc)
    fields = dict(_FIELD.findall(doc))
    assert fields.get("Expect") in EXPECTED, f"{place}: Expect has to be one of {EXPECTED}"
    assert fields.get("Said"), f"{place}: Said has to tell an attack that ran from one that did not"
    return doc.partition("\n")[0], fields


def _put_cells(cells: list[dict[str, Any]], text: str, place: str) -> None:
    first, last = [], []
    for where, source in _cells_of(text):
        replaced = [cell for cell in cells if _grade_id(cell) == where]
        if replaced:
            replaced[0]["source"] = source
            continue
        assert where in ("", "last"), f"{place}: no cell has the grade_id {where!r}"
        (last if where else first).append(code_cell(source))
    cells[:0] = first
    cells += last


def _cells_of(text: str) -> Iterator[tuple[str, str]]:
    marks = list(_CELL.finditer(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        yield mark[1].strip(), text[mark.end() : following.start() if following else len(text)].strip() + "\n"


def _grade_id(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", ""))


def _answer(notebook: str, grade_id: str, answers: str) -> str:
    bug = ROOT / "solutions" / ASSIGNMENT / "bugs" / grade_id.removesuffix(_SOLUTION) / f"{answers}.py"
    if bug.is_file():
        return bug.read_text("utf-8").split('"""')[2].strip() + "\n"
    worked = json.loads((ROOT / "solutions" / ASSIGNMENT / f"{notebook}.ipynb").read_text("utf-8"))
    source = next(cell["source"] for cell in worked["cells"] if _grade_id(cell) == grade_id)
    return source if isinstance(source, str) else "".join(source)
