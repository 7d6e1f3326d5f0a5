"""A released tiny course with submissions that wait for a grading run."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gradkit.course import Course, open_course
from gradkit.nbgrader_ext import build_release

RIGHT = "import numpy as np\ndef add(a, b):\n    return np.asarray(a) + np.asarray(b)"
PRODUCT = "def multiply(a, b):\n    return a * b"


@pytest.fixture
def course(tiny: ModuleType, course_root: Path, own_home: Path) -> Course:
    """The tiny course, released."""
    found = open_course(course_root)
    build_release(found, found.assignment("ps1"))
    return found


@pytest.fixture
def hand_in(tiny: ModuleType, course: Course) -> Callable[..., None]:
    """Puts a submission of both notebooks into `submitted/`; `add` is the answer in the notebook `sums`."""

    def hand(student: str, add: str = RIGHT) -> None:
        answers = {"add_solution": add, "multiply_solution": PRODUCT}
        tiny.fill(course.assignment("ps1").release, course.submitted / student / "ps1", answers)

    return hand


@pytest.fixture
def gradkit(course: Course) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs the command in the course."""

    def run(*words: str, **options: Any) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "gradkit", *words],
            cwd=course.root, capture_output=True, text=True, timeout=120, check=False, **options,
        )  # fmt: skip

    return run
