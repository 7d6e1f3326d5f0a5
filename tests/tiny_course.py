"""A course of one small assignment, made in a folder: `ps1` with the notebooks `sums` and `products`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

GUARD = (Path(__file__).parents[1] / "nbgrader_config.json").read_text("utf-8")
CONFIG = (Path(__file__).parents[1] / "nbgrader_config.py").read_text("utf-8").replace('"gradkit"', '"tiny"')

ADD = '''def add(a, b):
    """The sum of two arrays."""
    ### BEGIN SOLUTION
    total = np.asarray(a) + np.asarray(b)
    ### END SOLUTION
    return total'''

MULTIPLY = '''def multiply(a, b):
    """The product of two arrays."""
    ### BEGIN SOLUTION
    product = np.asarray(a) * np.asarray(b)
    return product
    ### END SOLUTION'''

WHY = (
    "The sum of two arrays of the same shape has that shape again, because each of its entries is the sum of the two "
    "entries at the same place, and so the order of the two arrays makes no difference to the result whatever they hold."
)

TESTS = {
    "sums": '''import numpy as np
import pytest


@pytest.mark.question("add")
class TestAdd:
    @pytest.mark.points(2)
    def test_adds_two_small_arrays(self, submission):
        """Adds two arrays."""
        left, right = np.arange(12.0).reshape(3, 4), np.linspace(-1.0, 2.5, 12).reshape(3, 4)
        np.testing.assert_allclose(submission.add(left, right), left + right, rtol=1e-12)
''',
    "products": '''import pytest

pytestmark = pytest.mark.question("multiply")


def test_multiplies(submission):
    """Multiplies two numbers."""
    assert submission.multiply(3, 4) == 12
''',
}

BUG = '''"""Subtracts in place of adding

The sign in front of the second array is the wrong one.
"""

import numpy as np


def add(a, b):
    total = np.asarray(a) - np.asarray(b)
    return total
'''


def code(cell_id: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    """A code cell, with nbgrader metadata when any is given."""
    cell = {"cell_type": "code", "execution_count": None, "outputs": [], **_common(cell_id, source, nbgrader)}
    if nbgrader.get("grade") and not nbgrader.get("solution"):
        cell["metadata"]["tags"] = ["raises-exception"]
    return cell


def markdown(cell_id: str, source: str, **nbgrader: Any) -> dict[str, Any]:
    """A Markdown cell, with nbgrader metadata when any is given."""
    return {"cell_type": "markdown", **_common(cell_id, source, nbgrader)}


def _common(cell_id: str, source: str, marks: dict[str, Any]) -> dict[str, Any]:
    stock = {"grade": False, "solution": False, "locked": False, "schema_version": 3}
    return {"id": cell_id, "metadata": {"nbgrader": {**stock, **marks}} if marks else {}, "source": source}


def notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    """A notebook of format 4.5 with a Python kernel."""
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def sums() -> dict[str, Any]:
    """The source notebook `sums`: a written answer of 2 marks and the question `add` of 3."""
    return notebook(
        markdown("title", "# Sums"),
        code("imports", "import numpy as np", grade_id="sums_imports", locked=True),
        markdown("prompt", "Why does the sum of two arrays have their shape?"),
        markdown("why", WHY, grade_id="add_why", grade=True, solution=True, points=2),
        markdown("prompt2", "Write `add`."),
        code("answer", ADD, grade_id="add_solution", solution=True),
        code("check", 'assert add(1, 1) == 2, "1 + 1 is 2"', grade_id="add", grade=True, locked=True, points=3),
        markdown("end", "The end."),
    )


def products() -> dict[str, Any]:
    """The source notebook `products`: the question `multiply` of 4 marks."""
    return notebook(
        code("imports", "import numpy as np", grade_id="products_imports", locked=True),
        code("answer", MULTIPLY, grade_id="multiply_solution", solution=True),
        code("check", "assert multiply(2, 3) == 6", grade_id="multiply", grade=True, locked=True, points=4),
    )


def fill(release: Path, folder: Path, answers: Mapping[str, str]) -> Path:
    """Write a submission of every released notebook with these answers, by the names of their cells; returns its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in release.glob("*.ipynb"):
        data = json.loads(path.read_text("utf-8"))
        for cell in data["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id")
            cell["source"] = answers.get(name, cell["source"])
        (folder / path.name).write_text(json.dumps(data), "utf-8")
    return folder


def write_course(root: Path) -> Path:
    """Put the course into `root`; returns it."""
    files = {
        "nbgrader_config.py": CONFIG,
        "nbgrader_config.json": GUARD,
        "source/ps1/sums.ipynb": json.dumps(sums(), indent=1),
        "source/ps1/products.ipynb": json.dumps(products(), indent=1),
        "source/ps1/requirements.txt": "numpy\n",
        "solutions/ps1/bugs/add/subtracts.py": BUG,
        **{f"autograder/ps1/test_{name}.py": text for name, text in TESTS.items()},
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root
