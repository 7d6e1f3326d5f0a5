"""A small class that `gradkit grade` has graded, with a gradebook that people have worked on, and the command in this process."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from gradkit.cli import main
from gradkit.course import open_course
from gradkit.nbgrader_ext import build_release

ANSWERS = {
    "add_solution": "import numpy as np\ndef add(a, b):\n    return np.asarray(a) + np.asarray(b)",
    "multiply_solution": "def multiply(a, b):\n    return a * b",
}
SUBTRACTS = {**ANSWERS, "add_solution": "def add(a, b):\n    return a - b"}

MARK_BY_HAND = """
update grade set manual_score = ?, needs_manual_grade = 0 where id in (
    select grade.id from grade
    join base_cell on base_cell.id = grade.cell_id
    join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    where base_cell.name = ? and student_id = ?)
"""
MAKE_LATE = """
update submitted_notebook set late_submission_penalty = ? where assignment_id in (
    select id from submitted_assignment where student_id = ?)
"""


@pytest.fixture(scope="session")
def graded_root(tiny: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course with five submissions, graded once.

    ann is right; bob subtracts and has a mark by hand and a late penalty; cyd has written an answer that nobody has marked;
    eve's notebook can't be read; fay has handed in since. gil is in the gradebook and has handed in nothing.
    """
    root: Path = tiny.write_course(tmp_path_factory.mktemp("graded") / "course")
    course = open_course(root)
    build_release(course, course.assignment("ps1"))
    release, submitted = root / "release" / "ps1", root / "submitted"
    for student, answers in {
        "ann": ANSWERS,
        "bob": SUBTRACTS,
        "cyd": {**ANSWERS, "add_why": "Because."},
        "eve": ANSWERS,
    }.items():
        tiny.fill(release, submitted / student / "ps1", answers)
    (submitted / "eve/ps1/sums.ipynb").write_text("{", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "gradkit", "grade", "ps1"],
        cwd=root, env={**os.environ, "HOME": str(root.parent)}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    shutil.copytree(submitted / "ann", submitted / "fay")
    with closing(sqlite3.connect(root / "gradebook.db")) as book, book:
        book.execute(MARK_BY_HAND, (0.1 + 0.2, "add", "bob"))
        book.execute(MAKE_LATE, (0.05, "bob"))
        book.execute("insert into student (id) values ('gil')")
    return root


@pytest.fixture
def root(graded_root: Path, tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the graded course, and the current folder."""
    shutil.copytree(graded_root, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def change(root: Path) -> Callable[..., None]:
    """Changes the gradebook by a statement of SQL."""

    def run(statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(root / "gradebook.db")) as book, book:
            book.execute(statement, values)

    return run


@pytest.fixture
def export(root: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs `gradkit export ps1 ...`; gives its exit status, what it printed, and what it complained of."""

    def run(*words: str | Path, assignment: str = "ps1") -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(["export", assignment, *map(str, words)])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run
