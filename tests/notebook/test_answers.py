"""The instructor's notebook becomes the code of its answers, and the released one the names of its arguments."""

import json
from types import ModuleType
from typing import Any

import pytest

from gradkit.errors import NotebookError
from gradkit.notebook import answers_source, imported_modules, parameters, read_notebook
from gradkit.sandbox.local import LocalSession


@pytest.fixture
def read(tiny: ModuleType) -> Any:
    """A notebook of given and answer cells: `read(("given", "x = 1"), ("answer", "y = 2"), ("check", "..."))`."""

    def build(*cells: tuple[str, str]) -> Any:
        marks = {
            "given": {},
            "answer": {"solution": True},
            "check": {"grade": True, "locked": True, "points": 1},
        }
        made = [
            tiny.code(f"c{number}", source, grade_id=f"q{number}", **marks[kind])
            for number, (kind, source) in enumerate(cells)
        ]
        return read_notebook(json.dumps(tiny.notebook(*made)).encode())

    return build


def test_definitions_come_with_the_imports_that_they_use(read: Any) -> None:
    """Functions and classes of every cell, as they stand there; what the notebook does with them is left out."""
    source = answers_source(
        read(
            ("given", "import numpy as np\nimport os.path\nfrom math import sqrt as root, pi\n%matplotlib inline"),
            ("given", "def helper(x):\n    # a comment stays\n    return np.square(x)\n\nprint(helper(3))"),
            ("answer", "import numpy as np\n\ndef f(x):\n    return root(helper(x))\n\nf(1 / 0)"),
            ("given", "class Late:\n    pass"),
        )
    )
    assert source == (
        "import numpy as np\n\n\n"
        "from math import sqrt as root, pi\n\n\n"
        "def helper(x):\n    # a comment stays\n    return np.square(x)\n\n\n"
        "def f(x):\n    return root(helper(x))\n\n\n"
        "class Late:\n    pass\n"
    )
    assert LocalSession([source]).call("f", (-3.0,), {}) == (3.0, ())


def test_what_only_shows_is_no_part_of_the_answers(tiny: ModuleType) -> None:
    """Its functions and modules are left out, unless other code needs them."""

    def notebook(answer: str) -> Any:
        shows = tiny.code("shows", "import colorsys\nimport wave\ndef draw():\n    return colorsys")
        shows["metadata"]["tags"] = ["only-shows"]
        made = tiny.code("answer", answer, grade_id="q", solution=True)
        return read_notebook(json.dumps(tiny.notebook(shows, made)).encode())

    left_out, needed = notebook("import math\ndef f(): return math.pi"), notebook("def f(): return draw()")
    assert "draw" not in answers_source(left_out)
    assert imported_modules(left_out) == {"math"}
    assert "import colorsys" in answers_source(needed)
    assert imported_modules(needed) == {"colorsys", "wave"}


def test_constants_are_those_of_answer_cells(read: Any) -> None:
    """A cell between answers may draw data or train for an hour."""
    source = answers_source(
        read(("given", "DATA = load()"), ("answer", "SCALE = 2\nSHIFT: int = 1\ndef f(x): return SCALE * x + SHIFT"))
    )
    assert "DATA" not in source
    assert LocalSession([source]).call("f", (3,), {}) == (7, ())


def test_visible_checks_are_left_out(read: Any) -> None:
    """With the functions that they define."""
    source = answers_source(read(("answer", "def f(x): return x"), ("check", "def compare(): pass\nassert f(1) == 1")))
    assert source == "def f(x): return x\n"


def test_magics_are_passed_over(read: Any) -> None:
    """A line of IPython in an answer cell is no Python; the cell's functions count."""
    source = answers_source(
        read(("answer", "%load_ext autoreload\n!ls\ndef f(x): return x"), ("given", "%%time\nf(1)"))
    )
    assert source == "def f(x): return x\n"


def test_a_given_cell_that_is_no_python_is_passed_over(read: Any) -> None:
    """It has nothing to do with the answers."""
    assert answers_source(read(("given", "def g(:"), ("answer", "def f(x): return x"))) == "def f(x): return x\n"


def test_an_answer_that_is_no_python_is_named(read: Any) -> None:
    """The error names the cell and what is wrong with it."""
    for function in (answers_source, parameters):
        with pytest.raises(NotebookError, match=r'^cell "q1": not valid Python \(.*line 1.*\); mend it'):
            function(read(("given", ""), ("answer", "def f(:")))


def test_the_right_answers_of_the_course_run(course: Any) -> None:
    """Each notebook of this repository gives its functions and nothing that takes time."""
    assignment = course.assignment("quiz8")
    for name, functions in (
        ("dropout", {"dropout_forward", "dropout_backward"}),
        ("convolution", {"conv_forward_naive", "conv_backward_naive"}),
    ):
        source = answers_source(read_notebook((assignment.source / f"{name}.ipynb").read_bytes()))
        assert functions <= set(LocalSession([source], call_seconds=5.0).namespace)


def test_parameters_are_the_names_of_the_arguments(read: Any) -> None:
    """By position, of each function that an answer cell defines and of no other."""
    found = parameters(
        read(
            ("given", "def helper(a): pass"),
            ("answer", "def f(x, /, w, b=None, *rest, mode='train', **more): pass\ndef g(): pass"),
            ("answer", "class Layer:\n    def inner(self, x): pass"),
        )
    )
    assert found == {"f": ("x", "w", "b"), "g": ()}
