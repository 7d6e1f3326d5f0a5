"""Records are files below one folder, whatever a student or a notebook is called."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gradkit.course import Assignment
from gradkit.errors import GradingError
from gradkit.nbgrader_ext.records import Records
from gradkit.results import to_json

BAD = ["", ".", "..", "a/b", "../x", "/x", "a\0b"]


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("whose", ["student", "notebook"])
def test_a_name_that_leads_elsewhere_is_refused(
    tmp_path: Path, assignment: Assignment, fake_grade: Any, name: str, whose: str
) -> None:
    """By whoever reads or writes, before anything is."""
    records, result = Records(tmp_path / "records"), fake_grade(assignment, "sums", b"{}")
    student, notebook = ("ann", name) if whose == "notebook" else (name, "sums")
    for act in (
        lambda: records.find(student, notebook, "key"),
        lambda: records.last(student, notebook, b""),
        lambda: records.has(student, notebook),
        lambda: records.keep(student, replace(result, notebook=notebook), "key", b""),
    ):
        with pytest.raises(GradingError, match="can't be the name of a student or a notebook"):
            act()
    assert not records.folder.exists()


def test_a_name_with_dots_is_a_name(tmp_path: Path, assignment: Assignment, fake_grade: Any) -> None:
    """Two notebooks that differ behind a dot have a record each."""
    records, result = Records(tmp_path), fake_grade(assignment, "sums", b"{}")
    for name in ("sums.1", "sums.2"):
        records.keep("ann.b", replace(result, notebook=name), f"key-{name}", name.encode())
    for name in ("sums.1", "sums.2"):
        assert records.find("ann.b", name, f"key-{name}") == replace(result, notebook=name)
        assert records.last("ann.b", name, name.encode()) == replace(result, notebook=name)
        assert records.find("ann.b", name, "another") is None


def test_what_can_not_stand_in_a_record_is_told(assignment: Assignment, fake_grade: Any) -> None:
    """As json tells it."""
    result = fake_grade(assignment, "sums", b"{}")
    with pytest.raises(TypeError, match="object"):
        to_json(replace(result, detail=object()))
    with pytest.raises(ValueError, match="JSON"):
        to_json(replace(result, score=float("nan")))
