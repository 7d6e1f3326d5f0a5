"""What assignment.toml holds back is in no cell of the graded notebook, whichever command writes it."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import nbformat
import pytest

from gradkit.course import Assignment, Course
from gradkit.errors import CourseError
from gradkit.nbgrader_ext import build_release, grade_assignment
from gradkit.results import CheckResult, Diagnosis, NotebookResult, QuestionResult

SHOWN = {"Likely mistake: the name", "the hint", "the evidence", "the message", "x = 1"}


@pytest.fixture(scope="module")
def released(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course with its release built, for copying."""
    root: Path = tiny.write_course(tmp_path_factory.mktemp("released") / "course")
    build_release(Course(root), Course(root).assignment("ps1"))
    return root


@pytest.fixture
def course_with(released: Path, tmp_path: Path, own_home: Path) -> Callable[[str], Course]:
    """A tiny course with this assignment.toml, in which ann handed in what was released."""

    def make(settings: str) -> Course:
        course = Course(shutil.copytree(released, tmp_path / "course"))
        (course.root / "autograder/ps1/assignment.toml").write_text(settings, "utf-8")
        shutil.copytree(course.root / "release/ps1", course.submitted / "ann/ps1")
        return course

    return make


def grade(assignment: Assignment, notebook: str, raw: bytes) -> NotebookResult:
    """A stand-in for the engine: everything fails for a known reason."""
    questions = tuple(
        QuestionResult(
            question.grade_id,
            0.0,
            question.max_score,
            (CheckResult("test_x", "the title", "failed", 0.0, question.max_score, "the message", "x = 1"),),
            (Diagnosis("bug", "the name", "the hint", "the evidence"),),
        )
        for question in assignment.questions_of(notebook)
        if not question.manual
    )
    maximum = sum(question.max_score for question in questions)
    manual = tuple(question.grade_id for question in assignment.questions_of(notebook) if question.manual)
    return NotebookResult(assignment.name, notebook, "graded", 0.0, maximum, manual, "seed", questions=questions)


def shown(course: Course) -> set[str]:
    """What of the details stands in ann's graded notebook."""
    notebook = nbformat.read(course.root / "autograded/ann/ps1/sums.ipynb", as_version=4)
    (html,) = (out.data["text/html"] for cell in notebook.cells for out in cell.get("outputs", []) if "data" in out)
    assert "the title" in html
    return {text for text in SHOWN if text in html}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", SHOWN),
        ("[feedback]\ntitles = false\n", SHOWN - {"Likely mistake: the name"}),
        ("[feedback]\nhints = false\ncounterexamples = false\n", {"Likely mistake: the name"}),
    ],
    ids=["nothing said", "no titles", "titles only"],
)
def test_gradkit_and_nbgrader_reveal_what_the_course_says(course_with, settings, expected):
    """`gradkit grade`, then `nbgrader autograde` with the kept results."""
    course = course_with(settings)
    grade_assignment(course, course.assignment("ps1"), grade=grade, feedback=False)
    assert shown(course) == expected
    shutil.rmtree(course.root / "autograded")
    run = [sys.executable, "-m", "nbgrader", "autograde", "ps1", "--force"]
    done = subprocess.run(run, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert shown(course) == expected


def test_settings_that_can_not_be_read_stop_the_run(course_with):
    """Before anything is written: what may be revealed is not known."""
    course = course_with("[feedback]\ntitle = false\n")
    with pytest.raises(
        CourseError, match=r"assignment\.toml, \[feedback\]: unknown key 'title'; did you mean titles\?"
    ):
        grade_assignment(course, course.assignment("ps1"), grade=grade)
    assert not (course.root / "autograded").exists()
