"""Cells that only show something are left out of grading, unless the submission needs or changed them."""

import json

import pytest

from gradkit.notebook import code_cells, read_notebook

PICTURE = "import math\nfigure, axes = 1, 2\nfor row in range(3): print(row)\ndef draw(): return axes"


def notebook(*cells, tagged=True):
    made = [
        {
            "id": f"cell{number}", "cell_type": "code", "source": source, "outputs": [], "execution_count": None,
            "metadata": {"tags": ["only-shows"]} if tagged and source == PICTURE else {},
        }
        for number, source in enumerate(cells)
    ]  # fmt: skip
    return read_notebook(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode())


def run(*cells, released=("x = 1", PICTURE)):
    return [cell.source for cell in code_cells(notebook(*cells, tagged=False), notebook(*released))]


def test_a_cell_that_only_shows_is_left_out_as_it_was_released():
    """The release's tag counts, whatever the submission says; so does white space not."""
    assert run("x = 1", PICTURE) == ["x = 1"]
    assert run("x = 1", PICTURE.replace(", ", ",  ")) == ["x = 1"]


def test_a_cell_that_a_student_changed_runs():
    """It is the student's own then."""
    assert run("x = 1", PICTURE + "\nx = 2") == ["x = 1", PICTURE + "\nx = 2"]


@pytest.mark.parametrize(
    "use",
    [
        "axes", "def f(a):\n    return draw()", "def f():\n    def g(): return figure\n    return g", "math.pi",
        "class A:\n    y = row", "f = lambda: figure", "def f(x=axes): pass", "globals()['axes']", "eval('ax' + 'es')",
        "%time axes", "def f(:\n    axes", "def f():\n    global axes\n    return axes", "[draw() for _ in range(2)]",
        "print(f'{figure}')", "@draw\ndef f(): pass",
    ],
)  # fmt: skip
def test_a_cell_that_binds_what_a_submission_uses_runs(use):
    """However the name is used; where the text can't tell, the cell runs."""
    assert run(PICTURE, use) == [PICTURE, use]


@pytest.mark.parametrize(
    "own", ["def f(axes):\n    return axes", "def f():\n    figure = 3\n    return figure", "axes = 3", "row = 'axes'"]
)
def test_names_of_a_function_s_own_do_not_count(own):
    """A local variable of the same name is another one."""
    assert run(PICTURE, own) == [own]


def test_cells_that_only_show_do_not_need_each_other():
    """One picture's names keep no other picture alive."""
    assert run("x = 1", PICTURE, PICTURE) == ["x = 1"]


def test_what_a_needed_cell_needs_runs_too():
    """A drawing cell that a student uses finds the library that another cell only for pictures has imported."""
    library, picture = "import matplotlib.pyplot as plt", "def draw():\n    return plt.figure()"

    def cells(*sources, tags):
        made = [
            {"id": f"c{number}", "cell_type": "code", "source": source, "outputs": [], "execution_count": None,
             "metadata": {"tags": tags}}
            for number, source in enumerate(sources)
        ]  # fmt: skip
        return read_notebook(json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode())

    given = cells(library, picture, PICTURE, tags=["only-shows"])
    ran = code_cells(cells(library, picture, PICTURE, "draw()", tags=[]), given)
    assert [cell.source for cell in ran] == [library, picture, PICTURE, "draw()"]
    ran = code_cells(cells(library, picture, PICTURE, "plt", tags=[]), given)
    assert [cell.source for cell in ran] == [library, "plt"]
    assert [cell.source for cell in code_cells(cells(library, picture, PICTURE, "1", tags=[]), given)] == ["1"]
