"""Classes as records alone, and the command in this process on a class that `gradkit grade` has graded."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gradkit.cli import main
from gradkit.course import open_course
from gradkit.nbgrader_ext import build_release
from gradkit.results import CheckResult, ClassRecord, Diagnosis, NotebookResult, QuestionResult, StudentRecord

ANSWERS = {
    "add_solution": "import numpy as np\ndef add(a, b):\n    return np.asarray(a) + np.asarray(b)",
    "multiply_solution": "def multiply(a, b):\n    return a * b",
}
SUBTRACTS = {**ANSWERS, "add_solution": "import numpy as np\ndef add(a, b):\n    return np.asarray(a) - np.asarray(b)"}
POWERS = {**ANSWERS, "multiply_solution": "def multiply(a, b):\n    return a ** b"}
PROBE = """def probe_add(submission, rng, observe):
    left, right = rng.uniform(1.0, 2.0, size=5), rng.uniform(3.0, 4.0, size=5)
    with observe.case("for five numbers"):
        observe.value("total", submission.add(left, right))
"""


def graded(notebook: str, *questions: QuestionResult, **more: Any) -> NotebookResult:
    """A notebook with these questions, its marks their sum."""
    score, most = sum(one.score for one in questions), sum(one.max_score for one in questions)
    return NotebookResult("ps1", notebook, "graded", score, most, (), "seed", questions=questions, **more)


def question(name: str, *passed: bool, bug: str = "", message: str = "wrong") -> QuestionResult:
    """A question with a mark for each check."""
    checks = tuple(
        CheckResult(f"t{at}", f"{name} check {at}", "passed" if ok else "failed", float(ok), 1.0, "" if ok else message)
        for at, ok in enumerate(passed)
    )
    found = (Diagnosis(bug, f"Title of {bug}", "First.\n\nSecond.", ""),) if bug else ()
    return QuestionResult(name, float(sum(passed)), float(len(passed)), checks, found)


@pytest.fixture(scope="session")
def made() -> Any:
    """Builders of results: `made.graded`, `made.question`, and `made.record` of a class of n students."""

    class Made:
        graded = staticmethod(graded)
        question = staticmethod(question)

        @staticmethod
        def record(size: int) -> ClassRecord:
            """Every third student has a bug in `one`, every fifth is wrong in `two` without a name."""
            students = (
                StudentRecord(
                    f"student-{at:04d}",
                    (
                        graded("first", question("one", True, at % 3 != 0, bug="" if at % 3 else "slips")),
                        graded("second", question("two", at % 5 != 0, True, True)),
                    ),
                    graded="2026-11-23T20:00:00Z",
                    seconds=1.0 + at % 7,
                )
                for at in range(size)
            )
            return ClassRecord("ps1", tuple(students))

    return Made


@pytest.fixture(scope="session")
def graded_root(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course, graded once: ann right; bob subtracts; cyd takes powers, which no bug explains; eve's `sums` is cut;
    fay handed in `products` alone.
    """
    root: Path = tiny.write_course(tmp_path_factory.mktemp("graded") / "course")
    (root / "autograder/ps1/probe_sums.py").write_text(PROBE, "utf-8")
    course = open_course(root)
    build_release(course, course.assignment("ps1"))
    release, submitted = root / "release/ps1", root / "submitted"
    for student, answers in {"ann": ANSWERS, "bob": SUBTRACTS, "cyd": POWERS, "eve": ANSWERS, "fay": ANSWERS}.items():
        tiny.fill(release, submitted / student / "ps1", answers)
    (submitted / "eve/ps1/sums.ipynb").write_text("{", "utf-8")
    (submitted / "fay/ps1/sums.ipynb").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "gradkit", "grade", "ps1"],
        cwd=root, env={**os.environ, "HOME": str(root.parent)}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    return root


@pytest.fixture
def root(graded_root: Path, tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the graded course, and the current folder."""
    shutil.copytree(graded_root, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def gradkit(root: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs a command; gives its exit status, what it printed, and what it complained of."""

    def run(*words: str | Path) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([*map(str, words)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def hand_in(tiny: ModuleType, root: Path) -> Callable[..., None]:
    """Hands in both notebooks; `wrong` subtracts."""

    def hand(student: str, *, wrong: bool = False) -> None:
        tiny.fill(root / "release/ps1", root / "submitted" / student / "ps1", SUBTRACTS if wrong else ANSWERS)

    return hand


@pytest.fixture
def run_of(root: Path) -> Callable[[str], Any]:
    """What is kept of a student's last grading."""
    return lambda student: json.loads((root / f".gradkit/runs/ps1/{student}/run.json").read_text("utf-8"))
