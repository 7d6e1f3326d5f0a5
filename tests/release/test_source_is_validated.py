"""A source that would make a wrong release is refused with file, cell and reason."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gradkit.course import Course
from gradkit.errors import ReleaseError
from gradkit.release import hidden_questions, validate_source

Edit = Callable[[Callable[[dict[str, Any]], None]], None]


@pytest.fixture
def edit(course_root: Path) -> Edit:
    """Change the source notebook `sums`."""

    def change(how: Callable[[dict[str, Any]], None]) -> None:
        path = course_root / "source/ps1/sums.ipynb"
        data = json.loads(path.read_text("utf-8"))
        how(data)
        path.write_text(json.dumps(data), "utf-8")

    return change


def refusal(root: Path) -> str:
    with pytest.raises(ReleaseError) as caught:
        validate_source(Course(root).assignment("ps1"))
    return str(caught.value)


def in_answer(old: str, new: str) -> Callable[[dict[str, Any]], None]:
    def how(data: dict[str, Any]) -> None:
        assert old in data["cells"][5]["source"]
        data["cells"][5]["source"] = data["cells"][5]["source"].replace(old, new)

    return how


def test_a_sound_source_passes(course_root: Path) -> None:
    """The tiny course has nothing to refuse."""
    validate_source(Course(course_root).assignment("ps1"))


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("    ### END SOLUTION\n", "", "BEGIN SOLUTION has no end"),
        ("    ### BEGIN SOLUTION\n", "", "END SOLUTION without BEGIN SOLUTION"),
        ("    total =", "    ### BEGIN SOLUTION\n    total =", "BEGIN SOLUTION inside a solution"),
        ("    return total", "    return total  ### BEGIN HIDDEN TESTS", "BEGIN HIDDEN TESTS"),
    ],
)
def test_broken_regions_are_refused(course_root: Path, edit: Edit, old: str, new: str, reason: str) -> None:
    """A region without its end, an end without its region, a nested region, and nbgrader's own hidden tests."""
    edit(in_answer(old, new))
    message = refusal(course_root)
    assert 'source/ps1/sums.ipynb, cell "add_solution"' in message
    assert reason in message


def test_a_solution_in_a_plain_cell_is_refused(course_root: Path, edit: Edit) -> None:
    """nbgrader would stop with "Solution region detected in a non-solution cell" and name no cell."""
    edit(lambda data: data["cells"][0].update(source="### BEGIN SOLUTION\n42\n### END SOLUTION"))
    assert "sums.ipynb, cell 1: a solution stands in a cell that is not a solution cell" in refusal(course_root)


def test_duplicates_are_refused(course_root: Path, edit: Edit) -> None:
    """Two cells with one grade_id, or one cell id, are named."""
    edit(lambda data: data["cells"][1]["metadata"]["nbgrader"].update(grade_id="add_solution"))
    assert 'cell 6: the grade_id "add_solution" is also that of cell 2' in refusal(course_root)
    edit(lambda data: data["cells"][1]["metadata"]["nbgrader"].update(grade_id="sums_imports"))
    edit(lambda data: data["cells"][7].update(id="title"))
    assert 'cell 8: the cell id "title" is also that of cell 1' in refusal(course_root)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"schema_version": 2}, "schema version 2"),
        ({"grade_id": "a b"}, "grade_id is 'a b'"),
        ({"comment": "x"}, "unknown keys: comment"),
        ({"locked": None}, "locked = None"),
    ],
)
def test_metadata_that_nbgrader_would_refuse_is_named(course_root: Path, edit: Edit, change: Any, reason: str) -> None:
    """The reasons are in words, with the cell."""
    edit(lambda data: data["cells"][5]["metadata"]["nbgrader"].update(change))
    assert reason in refusal(course_root)


def test_a_notebook_without_cell_ids_is_refused(course_root: Path, edit: Edit) -> None:
    """Format 4.4 gets new random ids on every run, so that no two releases are the same."""

    def older(data: dict[str, Any]) -> None:
        data["nbformat_minor"] = 4
        for cell in data["cells"]:
            del cell["id"]

    edit(older)
    assert "format 4.4 has no cell ids" in refusal(course_root)


def test_a_question_without_hidden_tests_is_refused(course_root: Path) -> None:
    """Its marks could never be earned."""
    (course_root / "autograder/ps1/test_sums.py").write_text("", "utf-8")
    assert 'sums.ipynb, cell "add": no hidden test' in refusal(course_root)
    (course_root / "autograder/ps1/test_sums.py").unlink()
    assert 'sums.ipynb, cell "add": no hidden test' in refusal(course_root)


@pytest.mark.parametrize(
    ("test", "reason"),
    [
        ('import pytest\n@pytest.mark.question("sub")\ndef test_x(): pass\n', 'test_x: no graded cell "sub"'),
        ('import pytest\n@pytest.mark.question("add_why")\ndef test_x(): pass\n', "written answer, marked by hand"),
        ("def test_x(): pass\n", "test_x: says no question"),
        ('import pytest\nQ = "add"\n@pytest.mark.question(Q)\ndef test_x(): pass\n', "takes one name in quotes"),
        ("def test_x(:\n", "not valid Python"),
    ],
)
def test_hidden_tests_without_a_question_are_refused(course_root: Path, test: str, reason: str) -> None:
    """Each reason names the file, and the test where there is one."""
    (course_root / "autograder/ps1/test_sums.py").write_text(test, "utf-8")
    message = refusal(course_root)
    assert message.startswith("autograder/ps1/test_sums.py")
    assert reason in message


def test_hidden_tests_without_a_notebook_are_refused(course_root: Path) -> None:
    """A renamed notebook leaves its tests behind."""
    (course_root / "autograder/ps1/test_old.py").write_text("", "utf-8")
    assert "test_old.py: there is no notebook source/ps1/old.ipynb" in refusal(course_root)


def test_the_nearest_marker_counts(course_root: Path, tiny: ModuleType) -> None:
    """A test's own marker wins over its class's, and that over the module's."""
    (course_root / "autograder/ps1/test_sums.py").write_text(
        'import pytest\npytestmark = [pytest.mark.slow, pytest.mark.question("a")]\ndef test_1(): pass\n'
        '@pytest.mark.question("b")\nclass TestB:\n    def test_2(self): pass\n'
        '    @pytest.mark.question("c")\n    def test_3(self): pass\n    def helper(self): pass\n',
        "utf-8",
    )
    assert hidden_questions(Course(course_root).assignment("ps1"), "sums") == {
        "a": "test_1",
        "b": "test_2",
        "c": "test_3",
    }
