"""`nbgrader zip_collect`: whose file it is, and when it came, from the names that learning-management systems give."""

import pytest

from gradkit.nbgrader_ext.collecting import LmsCollector


@pytest.mark.parametrize(
    ("name", "student", "notebook", "time"),
    [
        ("quiz8_ada_attempt_2026-11-20-10-30-45_dropout.ipynb", "ada", "dropout", "2026-11-20 10:30:45 UTC"),
        ("Quiz_8_ada_attempt_2026-11-20-10-30-45_my_notes.ipynb", "ada", "my_notes", "2026-11-20 10:30:45 UTC"),
        ("lovelaceada_4711_90210_dropout.ipynb", "4711", "dropout", None),
        ("lovelaceada_LATE_4711_90210_dropout.ipynb", "4711", "dropout", None),
    ],
)
def test_names_of_blackboard_and_canvas(name, student, notebook, time):
    """In whatever folder the archive was unpacked."""
    found = LmsCollector().collect(f"/downloaded/quiz8/extracted/{name}")
    assert (found["student_id"], found["file_id"], found.get("timestamp")) == (student, notebook, time)


def test_times_may_be_local():
    """As the course's config says."""
    collector = LmsCollector(timezone="Europe/Berlin")
    found = collector.collect("quiz8_ada_attempt_2026-11-20-10-30-45_dropout.ipynb")
    assert found["timestamp"] == "2026-11-20 10:30:45 Europe/Berlin"


def test_other_names_are_left_alone():
    """A file that nobody can be told from is not collected."""
    assert LmsCollector().collect("dropout.ipynb") is None
