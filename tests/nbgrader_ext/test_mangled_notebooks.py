"""What editors and students do to notebooks: graded where it is certain what is meant, by `gradkit grade` and `nbgrader autograde`."""

import copy
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook

from gradkit.course import Course
from gradkit.nbgrader_ext import grade_assignment

RIGHT = "def add(a, b):\n    return np.asarray(a) + np.asarray(b)"
WRONG = "def add(a, b):\n    return np.asarray(a) - np.asarray(b)"
ANSWER = "Each entry of the sum comes of two entries."
OUTPUT = {"output_type": "stream", "name": "stdout", "text": "I was here\n"}
Json = dict[str, Any]


def at(notebook: Json, grade_id: str) -> int:
    """The place of a graded cell."""
    ids = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]
    return ids.index(grade_id)


# --- how editors save a notebook


def jupyterlab(notebook: Json) -> None:
    """JupyterLab 4: cell ids, times of execution, widgets' state, a kernel's details."""
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"] |= {"editable": True, "slideshow": {"slide_type": ""}}
        cell["metadata"].setdefault("tags", [])
        if cell["cell_type"] == "code":
            cell["execution_count"] = number + 1
            cell["metadata"]["execution"] = {
                "iopub.execute_input": "2026-11-20T10:00:00.000000Z",
                "shell.execute_reply": "2026-11-20T10:00:00.010000Z",
            }
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2}}
    notebook["metadata"]["language_info"] = {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": "3.12.3",
    }
    notebook["metadata"]["kernelspec"] = {"display_name": "quiz", "language": "python", "name": "quiz"}


def vs_code(notebook: Json) -> None:
    """VS Code: no cell ids, format 4.2, languages of cells, one line break for two systems."""
    for cell in notebook["cells"]:
        cell.pop("id", None)
        cell["metadata"]["vscode"] = {"languageId": "python" if cell["cell_type"] == "code" else "markdown"}
        cell["source"] = cell["source"].replace("\n", "\r\n").splitlines(keepends=True)
    notebook["metadata"] = {
        "kernelspec": {"display_name": ".venv", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "version": "3.12.3"},
        "orig_nbformat": 4,
        "vscode": {"interpreter": {"hash": "31f2aee4e71d21fbe5cf8b01ff0e069b"}},
    }
    notebook["nbformat_minor"] = 2


def colab(notebook: Json) -> None:
    """Colab: format 4.0, ids in the metadata, its own output data; nbgrader's metadata stays."""
    for number, cell in enumerate(notebook["cells"]):
        cell["metadata"]["id"] = cell.pop("id", f"Xy{number}")
        cell["source"] = cell["source"].splitlines(keepends=True)
        if cell["cell_type"] == "code":
            cell["metadata"] |= {"colab": {"base_uri": "https://localhost:8080/"}, "outputId": f"5d1c-{number}"}
            cell["execution_count"] = number
            cell["outputs"] = [{**OUTPUT, "text": ["I was here\n"]}]
    notebook["metadata"] = {
        "colab": {"provenance": [], "toc_visible": True},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "language_info": {"name": "python"},
    }
    notebook["nbformat_minor"] = 0


def pasted_into_colab(notebook: Json) -> None:
    """Cells that were pasted into a new Colab notebook: nothing of nbgrader's is left, and ids are others."""
    colab(notebook)
    for cell in notebook["cells"]:
        cell["metadata"] = {key: value for key, value in cell["metadata"].items() if key in ("colab", "outputId")}
        cell["metadata"]["id"] = "n" + str(len(cell["source"]))


def format_3(notebook: Json) -> None:
    """The format of IPython 2."""
    old = nbformat.convert(nbformat.from_dict(copy.deepcopy(notebook)), 3)
    notebook.clear()
    notebook.update(json.loads(json.dumps(old)))


def old_schema(notebook: Json) -> None:
    """nbgrader's metadata of 2016: schema 1, `points` as a text, no `task`."""
    for cell in notebook["cells"]:
        if marks := cell["metadata"].get("nbgrader"):
            marks["schema_version"] = 1
            marks.pop("task", None)


def byte_order_mark(notebook: Json) -> None:
    """Texts as lists and tags of another tool."""
    for cell in notebook["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
        cell["metadata"]["jp-MarkdownHeadingCollapsed"] = True


# --- what students do


def stripped(notebook: Json) -> None:
    """All metadata gone, as after nbstripout --strip-all."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    notebook["nbformat_minor"] = 4


def duplicated(notebook: Json) -> None:
    """The answer and the check are there twice; the copy of the answer is as released."""
    for name, text in (("add", None), ("add_solution", "def add(a, b):\n    raise NotImplementedError")):
        twin = copy.deepcopy(notebook["cells"][at(notebook, name)])
        twin["id"] += "x"
        twin["source"] = text or twin["source"]
        notebook["cells"].insert(at(notebook, name) + (name == "add"), twin)
    # what stands last is what Python knows
    cells, first = notebook["cells"], at(notebook, "add_solution")
    assert "NotImplementedError" in cells[first]["source"]


def split(notebook: Json) -> None:
    """The answer cell split in two, as Ctrl-Shift-minus does it: both halves keep the metadata."""
    place = at(notebook, "add_solution")
    cell = notebook["cells"][place]
    twin = {**copy.deepcopy(cell), "id": "half", "source": "half = 1"}
    notebook["cells"].insert(place, twin)
    cell["source"] = cell["source"].replace("    return", "    half + 1\n    return")


def deleted(notebook: Json) -> None:
    """The check, the given imports and the title are gone."""
    for name in ("add", "sums_imports"):
        del notebook["cells"][at(notebook, name)]
    notebook["cells"][:1] = []


def moved(notebook: Json) -> None:
    """The answer below the check, and the check at the top."""
    cells = notebook["cells"]
    check = cells.pop(at(notebook, "add"))
    cells.append(cells.pop(at(notebook, "add_solution")))
    cells.insert(0, check)


def renamed(notebook: Json) -> None:
    """Other grade_ids."""
    for name in ("add", "add_solution", "add_why"):
        notebook["cells"][at(notebook, name)]["metadata"]["nbgrader"]["grade_id"] = f"my_{name}"


def retyped(notebook: Json) -> None:
    """The check has become Markdown, the written answer code; flags and points are others."""
    check = notebook["cells"][at(notebook, "add")]
    check["cell_type"] = "markdown"
    for key in ("outputs", "execution_count"):
        check.pop(key, None)
    why = notebook["cells"][at(notebook, "add_why")]
    why |= {"cell_type": "code", "outputs": [], "execution_count": None}
    check["metadata"]["nbgrader"] |= {"grade": False, "points": 300, "cell_type": "markdown"}
    notebook["cells"][at(notebook, "add_solution")]["metadata"]["nbgrader"] |= {"grade": True, "points": 300}


def marks_added(notebook: Json) -> None:
    """A graded cell of the student's own, worth a hundred marks."""
    own = copy.deepcopy(notebook["cells"][at(notebook, "add")])
    own["id"] = "own"
    own["metadata"]["nbgrader"] |= {"grade_id": "bonus", "points": 100}
    own["source"], result = "100.0", {"data": {"text/plain": "100.0"}, "metadata": {}, "execution_count": 1}
    own["outputs"] = [{"output_type": "execute_result", **result}]
    notebook["cells"].append(own)


CHANGES: list[Callable[[Json], None]] = [
    jupyterlab, vs_code, colab, pasted_into_colab, format_3, old_schema, byte_order_mark,
    stripped, duplicated, split, deleted, moved, renamed, retyped, marks_added,
]  # fmt: skip
NAMES = [f"{change.__name__}_{code}" for change in CHANGES for code in ("right", "wrong")]


def put(course: Course, student: str, change: Callable[[Json], None], code: str) -> None:
    """Hand in the notebooks, `sums` with this answer and this change."""
    folder = course.submitted / student / "ps1"
    shutil.copytree(course.root / "release/ps1", folder)
    path = folder / "sums.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    notebook["cells"][at(notebook, "add_solution")]["source"] = code
    notebook["cells"][at(notebook, "add_why")]["source"] = ANSWER
    change(notebook)
    text = json.dumps(notebook)
    path.write_text(f"\ufeff{text}" if change is byte_order_mark else text, "utf-8")
    (folder / "products.ipynb").unlink()


@pytest.fixture(scope="module")
def graded(released_root: Path, tmp_path_factory: pytest.TempPathFactory, nbgrader: Any) -> Mapping[str, Course]:
    """A class of all of them, graded by both commands, each in the sandbox."""
    courses: dict[str, Course] = {}
    for way in ("gradkit grade", "nbgrader autograde"):
        root = tmp_path_factory.mktemp("mangled") / "course"
        shutil.copytree(released_root, root)
        course = courses[way] = Course(root)
        for change in CHANGES:
            for word, code in (("right", RIGHT), ("wrong", WRONG)):
                put(course, f"{change.__name__}_{word}", change, code)
    course = courses["gradkit grade"]
    assert grade_assignment(course, course.assignment("ps1"), jobs=2, feedback=False).set_aside == ()
    ended = nbgrader(courses["nbgrader autograde"].root, "autograde", "ps1")
    assert ended.status == 0, ended.said
    return courses


@pytest.mark.parametrize("student", NAMES)
def test_both_commands_grade_what_is_meant(graded: Mapping[str, Course], student: str) -> None:
    """With the same marks, which are exact, and notebooks that nbgrader reads; the answer is shown."""
    for way, course in graded.items():
        with Gradebook(f"sqlite:///{course.root}/gradebook.db", "tiny") as gradebook:
            submission = gradebook.find_submission("ps1", student)
            marks = {g.name: g.auto_score for n in submission.notebooks for g in n.grades}
            assert submission.max_score == 9
        assert marks["add"] == (3.0 if student.endswith("right") else 0.0), way
        assert marks["add_why"] is None, way
        shown = nbformat.read(course.root / f"autograded/{student}/ps1/sums.ipynb", as_version=4)
        nbformat.validate(shown)
        ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in shown.cells]
        assert sorted(filter(None, ids)) == ["add", "add_solution", "add_why", "sums_imports"], way
        assert ANSWER in "".join(cell.source for cell in shown.cells), way
        assert "return np.asarray" in shown.cells[ids.index("add_solution")].source, way


def test_a_stripped_notebook_says_so(graded: Mapping[str, Course]) -> None:
    """A TA sees what was mended."""
    for course in graded.values():
        notes = nbformat.read(course.root / "autograded/duplicated_right/ps1/sums.ipynb", as_version=4).cells[0].source
        assert 'The cell "add" stood there more than once' in notes


def test_both_commands_write_the_same_notebooks(graded: Mapping[str, Course]) -> None:
    """Byte for byte, where the seed's numbers are in no message."""
    one, other = graded.values()
    for student in NAMES:
        if student.endswith("right"):
            page = f"autograded/{student}/ps1/sums.ipynb"
            assert (one.root / page).read_bytes() == (other.root / page).read_bytes(), student
