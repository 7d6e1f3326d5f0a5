"""What students and editors do to a notebook is mended, said, and costs no marks."""

import base64
import copy
import json
import random
from types import ModuleType
from typing import Any

import nbformat
import pytest

from gradkit.notebook import Rebuilt, code_cells, grade_id_of, is_anchor, read_notebook, rebuild

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"0" * 20).decode()
GOOD = "def add(a, b):\n    return a + b"
STUB = 'def add(a, b):\n    """The sum."""\n    raise NotImplementedError("write your code here")'


@pytest.fixture
def release(tiny: ModuleType) -> dict[str, Any]:
    """`sums` as students get it."""
    data: dict[str, Any] = tiny.sums()
    data["cells"][3]["source"] = "YOUR ANSWER HERE"
    data["cells"][5]["source"] = STUB
    return data


@pytest.fixture
def done(release: dict[str, Any]) -> dict[str, Any]:
    """A submission with both answers."""
    data = copy.deepcopy(release)
    data["cells"][3]["source"] = "Because of $a < b$."
    data["cells"][5]["source"] = GOOD
    return data


def node(data: dict[str, Any]) -> nbformat.NotebookNode:
    return read_notebook(json.dumps(data).encode())


def mended(release: dict[str, Any], submitted: dict[str, Any]) -> Rebuilt:
    """Rebuild, and check what holds for every rebuilt notebook."""
    released = node(release)
    rebuilt = rebuild(released, node(submitted))
    nbformat.validate(rebuilt.notebook, relax_add_props=False)
    assert len({cell.id for cell in rebuilt.notebook.cells}) == len(rebuilt.notebook.cells)
    anchors = {grade_id_of(cell): cell for cell in rebuilt.notebook.cells if "nbgrader" in cell.metadata}
    assert len(anchors) == sum("nbgrader" in cell.metadata for cell in rebuilt.notebook.cells)
    for cell in filter(is_anchor, released.cells):
        found = anchors.pop(grade_id_of(cell))
        assert (found.metadata, found.cell_type) == (cell.metadata, cell.cell_type)
        if not cell.metadata.nbgrader.solution:
            assert found.source == cell.source
        if cell.metadata.nbgrader.grade and found.cell_type == "code":
            assert found.outputs == []
    assert not anchors
    return rebuilt


def source_of(rebuilt: Rebuilt, grade_id: str) -> str:
    (source,) = [cell.source for cell in rebuilt.notebook.cells if grade_id_of(cell) == grade_id]
    return str(source)


def sources(rebuilt: Rebuilt) -> list[str]:
    return [cell.source for cell in rebuilt.notebook.cells]


def runs(release: dict[str, Any], submitted: dict[str, Any]) -> list[tuple[str, str]]:
    return [(cell.label, cell.source) for cell in code_cells(node(submitted), node(release))]


def test_a_plain_submission_stays_as_it_is(release: dict[str, Any], done: dict[str, Any]) -> None:
    """Nothing to mend, nothing to say."""
    rebuilt = mended(release, done)
    assert rebuilt.notes == ()
    assert rebuilt.unchanged == frozenset()
    assert sources(rebuilt) == [cell["source"] for cell in done["cells"]]
    assert runs(release, done) == [('cell 2 ("sums_imports")', "import numpy as np"), ('cell 6 ("add_solution")', GOOD)]


def test_the_untouched_release_has_no_answers(release: dict[str, Any]) -> None:
    """Also when an editor changed its white space."""
    assert mended(release, release).unchanged == {"add_why"}
    spaced = copy.deepcopy(release)
    spaced["cells"][3]["source"] += "  \n"
    assert mended(release, spaced).unchanged == {"add_why"}


def test_a_split_answer_keeps_both_halves(release: dict[str, Any], done: dict[str, Any]) -> None:
    """JupyterLab's split copies the metadata to the second half."""
    second = copy.deepcopy(done["cells"][5])
    second.update(source="print(add(1, 2))", id="other")
    done["cells"].insert(6, second)
    rebuilt = mended(release, done)
    assert sources(rebuilt)[5:7] == [GOOD, "print(add(1, 2))"]
    assert '"add_solution" stood there more than once; the copy in cell 7' in rebuilt.notes[0]
    assert runs(release, done)[1:] == [
        ('cell 6 ("add_solution")', GOOD),
        ('cell 7 ("add_solution")', "print(add(1, 2))"),
    ]


def test_of_two_copies_the_answered_one_counts(release: dict[str, Any], done: dict[str, Any]) -> None:
    """A student may copy the cell and write into the copy."""
    done["cells"].insert(3, {**release["cells"][3], "id": "copy"})
    rebuilt = mended(release, done)
    assert rebuilt.unchanged == frozenset()
    assert source_of(rebuilt, "add_why").startswith("Because")


def test_deleted_given_cells_come_back_at_their_place(release: dict[str, Any], done: dict[str, Any]) -> None:
    """A missing import must not cost the marks of everything below."""
    for index in (6, 1):
        del done["cells"][index]
    rebuilt = mended(release, done)
    assert [grade_id_of(cell) for cell in rebuilt.notebook.cells] == [grade_id_of(cell) for cell in node(release).cells]
    assert rebuilt.notes == (
        'The given cell "sums_imports" was missing and was put back as released.',
        'The check cell "add" was missing and was put back as released.',
    )
    assert runs(release, done)[0] == ('the given cell "sums_imports"', "import numpy as np")


def test_a_deleted_answer_is_an_unchanged_one(release: dict[str, Any], done: dict[str, Any]) -> None:
    """Unless there is text of the student's own that might be it."""
    del done["cells"][3]
    assert mended(release, done).unchanged == {"add_why"}
    done["cells"] += [{"cell_type": "markdown", "source": "My thoughts.", "metadata": {}},
                      {"cell_type": "markdown", "source": "My answer.", "metadata": {}}]  # fmt: skip
    rebuilt = mended(release, done)
    assert rebuilt.unchanged == frozenset()
    assert 'answer cell "add_why" is missing; look for the answer' in rebuilt.notes[0]


def test_stripped_metadata_costs_nothing(release: dict[str, Any], done: dict[str, Any]) -> None:
    """Given cells are known by their text, answers by their function or their place."""
    for cell in done["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    rebuilt = mended(release, done)
    assert source_of(rebuilt, "add_solution") == GOOD
    assert source_of(rebuilt, "add_why").startswith("Because")
    assert [source for _, source in runs(release, done)] == ["import numpy as np", GOOD]


def test_a_stripped_answer_is_known_by_its_function(release: dict[str, Any], done: dict[str, Any]) -> None:
    """Also among helper cells of the student's own; a stripped copy of a check is still a check."""
    for cell in done["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    helper = {**done["cells"][5], "source": "def helper():\n    pass"}
    done["cells"][5:6] = [helper, done["cells"][5], {**helper, "source": "helper()"}]
    done["cells"].append(copy.deepcopy(done["cells"][8]))
    rebuilt = mended(release, done)
    assert source_of(rebuilt, "add_solution") == GOOD
    assert [source for _, source in runs(release, done)] == ["import numpy as np", helper["source"], GOOD, "helper()"]


def test_renamed_and_flipped_marks_are_as_released(release: dict[str, Any], done: dict[str, Any]) -> None:
    """A student can't turn an answer into a check, nor add a question."""
    done["cells"][5]["metadata"]["nbgrader"].update(grade_id="mine")
    done["cells"][6]["metadata"]["nbgrader"].update(grade=False, solution=True)
    done["cells"].append(
        {**done["cells"][6], "id": "z", "source": "99", "metadata": {"nbgrader": {"grade_id": "bonus", "grade": True}}}
    )
    rebuilt = mended(release, done)
    assert source_of(rebuilt, "add_solution") == GOOD
    assert any('"add_solution" had another grade_id' in note for note in rebuilt.notes)
    assert any('"add" had its nbgrader flags changed' in note for note in rebuilt.notes)
    assert ("cell 9", "99") in runs(release, done)


def test_a_retyped_answer_is_code_again(release: dict[str, Any], done: dict[str, Any]) -> None:
    """One key in Jupyter's command mode turns a cell into Markdown."""
    done["cells"][5].update(cell_type="markdown")
    rebuilt = mended(release, done)
    assert source_of(rebuilt, "add_solution") == GOOD
    assert any("had become a markdown cell" in note for note in rebuilt.notes)
    assert ('cell 6 ("add_solution")', GOOD) in runs(release, done)


def test_an_edited_given_cell_runs_as_edited(release: dict[str, Any], done: dict[str, Any]) -> None:
    """And is shown both ways."""
    done["cells"][1]["source"] = "import numpy as np\nfrom math import fsum"
    rebuilt = mended(release, done)
    assert sources(rebuilt)[1:3] == ["import numpy as np", "import numpy as np\nfrom math import fsum"]
    assert runs(release, done)[0] == ('cell 2 ("sums_imports")', "import numpy as np\nfrom math import fsum")


def test_checks_do_not_run_but_code_written_into_them_does(release: dict[str, Any], done: dict[str, Any]) -> None:
    """A helper in a check cell must not be lost; an edited check is left out."""
    done["cells"][6]["source"] = "assert True"
    assert len(runs(release, done)) == 2
    done["cells"][6]["source"] = "def helper():\n    pass"
    assert runs(release, done)[2] == ('cell 7 ("add")', "def helper():\n    pass")


def test_a_check_of_an_older_release_is_no_code_of_a_students(release: dict[str, Any], done: dict[str, Any]) -> None:
    """Its own helpers may stand further to the right in today's release."""
    release["cells"][6]["source"] = "with checks():\n    def layer(x):\n        return add(x, x)"
    done["cells"][6]["source"] = "def layer(x):\n    return add(x, x)\n\nassert layer(1) == 2"
    assert len(runs(release, done)) == 2
    done["cells"][6]["source"] += "\n\ndef helper():\n    pass"
    assert len(runs(release, done)) == 3


def test_moved_cells_keep_the_students_order(release: dict[str, Any], done: dict[str, Any]) -> None:
    """Their code runs in the order in which it stands."""
    random.Random(3).shuffle(done["cells"])
    rebuilt = mended(release, done)
    assert sources(rebuilt) == [cell["source"] for cell in done["cells"]]


@pytest.mark.parametrize("seed", range(40))
def test_any_mixture_is_mended(release: dict[str, Any], done: dict[str, Any], seed: int) -> None:
    """Cells deleted, doubled, moved, stripped, retyped at random: what `mended` checks holds, and no code is lost."""
    rng = random.Random(seed)
    cells = done["cells"]
    for _ in range(rng.randint(1, 8)):
        if not cells:
            break
        index = rng.randrange(len(cells))
        match rng.randrange(6):
            case 0:
                del cells[index]
            case 1:
                cells.insert(rng.randrange(len(cells) + 1), copy.deepcopy(cells[index]))
            case 2:
                cells.insert(rng.randrange(len(cells)), cells.pop(index))
            case 3:
                cells[index]["metadata"] = {}
            case 4:
                cells[index]["cell_type"] = rng.choice(["code", "markdown", "raw"])
            case 5:
                cells[index]["source"] += rng.choice(["", "\n# more", " x"])
    mended(release, done)
    ran = [source for _, source in runs(release, done)]
    for cell in cells:
        if cell["cell_type"] == "code" and cell["source"].startswith(GOOD):
            assert cell["source"] in ran


def test_outputs_are_kept_where_they_are_harmless(release: dict[str, Any], done: dict[str, Any]) -> None:
    """Text and pictures stay; HTML, scripts, SVG, LaTeX and widgets go; no output of a student's is a mark."""
    data = {
        "text/plain": "3.0", "text/html": "<script>x</script>", "image/png": PNG, "image/jpeg": PNG, "image/svg+xml": "<svg/>",
        "text/latex": "$x$", "application/javascript": "x", "application/vnd.jupyter.widget-view+json": "{}",
    }  # fmt: skip
    done["cells"][5]["outputs"] = [
        {
            "output_type": "execute_result",
            "data": data,
            "metadata": {"image/png": {"width": "1 onerror=x"}},
            "execution_count": 1,
        },
        {"output_type": "display_data", "data": {"text/html": "<b>"}, "metadata": {}},
        {"output_type": "stream", "name": "stdout", "text": "\x1b[31mred\x1b[0m\x1b[2J\x07 1%\r100%\n" + "y" * 400_000},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[0;31mE\x1b[0m: <b>"]},
    ]
    done["cells"][6]["outputs"] = [
        {"output_type": "execute_result", "data": {"text/plain": "99"}, "metadata": {}, "execution_count": 1}
    ]
    rebuilt = mended(release, done)
    first, stream, error = next(cell.outputs for cell in rebuilt.notebook.cells if grade_id_of(cell) == "add_solution")
    assert first == {"output_type": "display_data", "metadata": {}, "data": {"image/png": PNG, "text/plain": "3.0"}}
    assert stream.text.startswith("100%\nyyy")
    assert len(stream.text) < 25_000
    assert error.traceback == ["\x1b[0;31mE\x1b[0m: <b>"]


def test_text_can_do_nothing_to_its_reader(release: dict[str, Any], done: dict[str, Any]) -> None:
    """Raw HTML, TeX that acts on the page, attachments that would stop the page."""
    done["cells"][3]["source"] = (
        "<script>x</script> <img src=x onerror=y> $a<b$ $\\href{javascript:x}{y}$ $\\\\href{z}$ "
        "![](attachment:a.png) ![](attachment:gone.png) <!-- -->"
    )
    done["cells"][3]["attachments"] = {"a.png": {"image/png": PNG}, "b.svg": {"image/svg+xml": "<svg/>"}}
    rebuilt = mended(release, done)
    text = source_of(rebuilt, "add_why")
    assert "<s" not in text
    assert "<i" not in text
    assert "<!" not in text
    assert "\\href" not in text
    assert "a< b" in text
    assert "(attachment:a.png)" in text
    assert "(attachment gone.png)" in text
    (cell,) = [cell for cell in rebuilt.notebook.cells if "attachments" in cell]
    assert cell.attachments == {"a.png": {"image/png": PNG}}
