"""Written answers and late work: marks by hand stay, what is unchanged gets 0, and the total is right, by both commands."""

from collections.abc import Callable
from typing import Any

import pytest
from nbgrader.api import Gradebook

from gradkit.course import Course
from gradkit.nbgrader_ext import grade_assignment

WAYS = ("gradkit grade", "nbgrader autograde")
SUBTRACTS = "def add(a, b):\n    return a - b"
DUE = "2026-11-18 09:00:00"
"""Two days and an hour before `hand_in` hands in."""

Grade = Callable[[], None]


@pytest.fixture(params=WAYS)
def regrade(request: pytest.FixtureRequest, course: Course, fake_grade: Any, nbgrader: Any) -> Grade:
    """Grade the class again by one of the commands, both with what a stand-in for the engine found."""

    def run() -> None:
        grade_assignment(course, course.assignment("ps1"), grade=fake_grade, feedback=False)
        if request.param == "nbgrader autograde":
            ended = nbgrader(course.root, "autograde", "ps1", "--force")
            assert ended.status == 0, ended.said

    return run


def gradebook_of(course: Course) -> Gradebook:
    return Gradebook(f"sqlite:///{course.root}/gradebook.db", "tiny")


def mark(course: Course, student: str, **marks: float) -> None:
    """Mark answers by hand, as the formgrader does."""
    with gradebook_of(course) as gradebook:
        for name, score in marks.items():
            grade = gradebook.find_grade(name, "sums", "ps1", student)
            grade.manual_score, grade.needs_manual_grade = score, False
        gradebook.db.commit()


def grades(course: Course, student: str) -> dict[str, tuple[float | None, float | None, float, bool]]:
    """Automatic mark, mark by hand, what counts, and whether a person must look."""
    with gradebook_of(course) as gradebook:
        submission = gradebook.find_submission("ps1", student)
        return {
            g.name: (g.auto_score, g.manual_score, g.score, g.needs_manual_grade)
            for notebook in submission.notebooks
            for g in notebook.grades
        }


def total(course: Course, student: str) -> tuple[float, float]:
    """The submission's marks before and after what is taken off for late work, as `nbgrader export` writes them."""
    with gradebook_of(course) as gradebook:
        submission = gradebook.find_submission("ps1", student)
        return submission.score, max(0.0, submission.score - submission.late_submission_penalty)


def due(course: Course, when: str = DUE) -> None:
    """Say until when work has to be handed in."""
    with gradebook_of(course) as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate=when)


def with_penalty(course: Course) -> None:
    """Take away the # before the line of nbgrader_config.py that asks for a penalty."""
    path = course.root / "nbgrader_config.py"
    text = path.read_text("utf-8")
    assert "    # c.AssignLatePenalties" in text
    path.write_text(text.replace("    # c.AssignLatePenalties", "    c.AssignLatePenalties"), "utf-8")


def test_marks_by_hand_stay(course: Course, hand_in: Any, regrade: Grade) -> None:
    """They win over automatic ones and are flagged for another look; the total has them; so it is after a changed answer."""
    hand_in("ann")
    regrade()
    assert grades(course, "ann")["add_why"] == (None, None, 0.0, True)
    mark(course, "ann", add_why=1.5, add=2.5)
    assert total(course, "ann") == (8.0, 8.0)
    hand_in("ann", sums=SUBTRACTS, answer="Another answer.")
    regrade()
    assert grades(course, "ann") == {
        "add_why": (None, 1.5, 1.5, True),
        "add": (1.0, 2.5, 2.5, True),
        "multiply": (4.0, None, 4.0, False),
    }
    assert total(course, "ann") == (8.0, 8.0)


def test_an_unchanged_answer_gets_0(course: Course, hand_in: Any, regrade: Grade) -> None:
    """Nobody has to look; once it is answered somebody has, and an answer that was taken back gets 0 again."""
    hand_in("bob", answer=None)
    regrade()
    assert grades(course, "bob")["add_why"] == (0.0, None, 0.0, False)
    hand_in("bob", answer="Because.")
    regrade()
    assert grades(course, "bob")["add_why"] == (None, None, 0.0, True)
    hand_in("bob", answer="YOUR ANSWER HERE\n")
    regrade()
    assert grades(course, "bob")["add_why"] == (0.0, None, 0.0, False)
    assert total(course, "bob") == (7.0, 7.0)


def test_late_work_loses_marks(course: Course, hand_in: Any, regrade: Grade) -> None:
    """By the example in nbgrader_config.py: automatic marks and those by hand, less a mark for each notebook and day begun."""
    with_penalty(course)
    hand_in("ann")
    hand_in("bob", sums=None, products="def multiply(a, b):\n    return 0")
    regrade()
    assert total(course, "ann") == (7.0, 7.0)  # nobody said when it is due
    due(course)
    mark(course, "ann", add_why=2.0)
    for student in ("ann", "bob"):  # what is graded again sees when it was due
        for path in (course.root / "autograded" / student / "ps1").glob("*.ipynb"):
            path.unlink()
    regrade()
    assert total(course, "ann") == (9.0, 3.0)  # three days from each of two notebooks
    assert total(course, "bob") == (0.0, 0.0)
    due(course, "2026-12-24 10:00:00")
    for path in (course.root / "autograded/ann/ps1").glob("*.ipynb"):
        path.unlink()
    regrade()
    assert total(course, "ann") == (9.0, 9.0)


def test_without_a_penalty_late_work_keeps_its_marks(course: Course, hand_in: Any, regrade: Grade) -> None:
    """The example is a comment."""
    hand_in("ann")
    regrade()
    due(course)
    hand_in("ann", sums=SUBTRACTS)
    regrade()
    assert total(course, "ann") == (5.0, 5.0)
