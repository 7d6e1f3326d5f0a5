"""The tiny course, and a home of its own for every test."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from gradkit.course import Assignment, Course
from gradkit.nbgrader_ext import build_release
from gradkit.results import CheckResult, Diagnosis, NotebookResult, QuestionResult

GOOD = "def add(a, b):\n    return a + b"
PRODUCT = "def multiply(a, b):\n    return a * b"

HandIn = Callable[..., Path]


class FakeGrade:
    """Grades by looking for text, and remembers whom it was asked about."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, assignment: Assignment, notebook: str, raw: bytes) -> NotebookResult:
        """Judge one notebook."""
        self.asked.append(notebook)
        if b"BREAK THE GRADER" in raw:
            raise ZeroDivisionError("the engine stumbled")
        share = 1.0 if b"return a + b" in raw or b"return a * b" in raw else 1 / 3 if b"return a - b" in raw else 0.0
        questions = tuple(
            QuestionResult(
                question.grade_id,
                question.max_score * share,
                question.max_score,
                (
                    CheckResult(
                        "test_x", "Adds <two> numbers", "passed" if share == 1 else "failed", 0.0, 1.0, "got <b>3</b>"
                    ),
                ),
                (Diagnosis("subtracts", "Subtracts in place of adding", "The sign is wrong.", "a - b"),)
                if share < 1
                else (),
            )
            for question in assignment.questions_of(notebook)
            if not question.manual
        )
        return NotebookResult(
            assignment.name,
            notebook,
            "graded",
            sum(question.score for question in questions),
            sum(question.max_score for question in questions),
            tuple(question.grade_id for question in assignment.questions_of(notebook) if question.manual),
            "seed",
            questions=questions,
        )


@pytest.fixture(autouse=True)
def at_home(own_home: Path) -> None:
    """Nothing of the user's settings."""


@pytest.fixture(scope="session")
def released_root(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course with its release built, for copying."""
    root: Path = tiny.write_course(tmp_path_factory.mktemp("released") / "course")
    course = Course(root)
    build_release(course, course.assignment("ps1"))
    return root


@pytest.fixture
def course(released_root: Path, tmp_path: Path) -> Course:
    """A released tiny course of the test's own."""
    shutil.copytree(released_root, tmp_path / "course")
    return Course(tmp_path / "course")


@pytest.fixture
def assignment(course: Course) -> Assignment:
    """Its assignment."""
    return course.assignment("ps1")


@pytest.fixture
def hand_in(course: Course) -> HandIn:
    """Put notebooks into `submitted/`: `hand_in("ann", sums=GOOD, products=None)` leaves products out."""

    def put(
        student: str, sums: str | None = GOOD, products: str | None = PRODUCT, answer: str | None = "Because."
    ) -> Path:
        folder = course.submitted / student / "ps1"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in (("sums", sums), ("products", products)):
            if text is None:
                continue
            data = json.loads((course.root / f"release/ps1/{name}.ipynb").read_text("utf-8"))
            for cell in data["cells"]:
                grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
                if grade_id.endswith("_solution"):
                    cell["source"] = text
                if grade_id == "add_why" and answer is not None:
                    cell["source"] = answer
            (folder / f"{name}.ipynb").write_text(json.dumps(data), "utf-8")
        (folder / "timestamp.txt").write_text("2026-11-20 10:00:00 UTC", "utf-8")
        return folder

    return put


@pytest.fixture
def fake_grade() -> FakeGrade:
    """A stand-in for the engine: full marks for `a + b` and `a * b`, a third of the marks for `a - b`."""
    return FakeGrade()
