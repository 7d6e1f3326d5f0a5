"""A config that fails, a gradebook that refuses, folders that can't be written: one line that says what to do, nothing changed."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradkit.course import Course
from gradkit.errors import CourseError, GradkitError
from gradkit.nbgrader_ext import grade_assignment
from gradkit.nbgrader_ext.lock import grading_lock

ROOT = Path(__file__).parents[2]
Refused = Callable[[str], None]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a course but logs and locks, and what a database keeps beside itself."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("log", "lock") and not path.name.endswith("-journal")
    }


@pytest.fixture
def graded(course: Course, hand_in: Any, fake_grade: Any) -> Course:
    """A course where one student is graded and has handed in again."""
    hand_in("ann")
    grade_assignment(course, course.assignment("ps1"), grade=fake_grade, feedback=False)
    hand_in("ann", sums="def add(a, b):\n    return a - b")
    return course


@pytest.fixture
def refused(graded: Course, fake_grade: Any, nbgrader: Any) -> Refused:
    """Checks that both commands end with a line that has these words and leave everything as it is."""

    def check(words: str) -> None:
        before = contents(graded.root)
        ended = nbgrader(graded.root, "autograde", "ps1", "--force")
        assert ended.status != 0
        told = [line for line in ended.said.splitlines() if line.strip()]
        assert words in told[-1], ended.said
        assert "Traceback" not in ended.said
        assert contents(graded.root) == before
        with pytest.raises(GradkitError) as caught:
            grade_assignment(graded, graded.assignment("ps1"), grade=fake_grade, feedback=False)
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)
        assert contents(graded.root) == before

    return check


def configured(course: Course, line: str) -> None:
    """Add a line to the course's config, where it sets what it needs."""
    path = course.root / "nbgrader_config.py"
    path.write_text(path.read_text("utf-8").replace("    configure(c)\n", f"    configure(c)\n    {line}\n"), "utf-8")


def test_a_gradebook_of_another_course(graded: Course, refused: Refused) -> None:
    """It is neither written nor taken for one's own."""
    path = graded.root / "nbgrader_config.py"
    path.write_text(path.read_text("utf-8").replace('"tiny"', '"other"'), "utf-8")
    refused(
        'gradebook.db: the gradebook is that of the course "tiny", and nbgrader_config.py says "other"; move the file'
    )


def test_a_config_that_points_nowhere(graded: Course, refused: Refused, tmp_path: Path) -> None:
    """A gradebook in a folder that is not there."""
    configured(graded, f'c.CourseDirectory.db_url = "sqlite:///{tmp_path}/nowhere/gradebook.db"')
    refused("gradebook.db: the gradebook can't be written (unable to open database file); check")


def test_submissions_elsewhere(graded: Course, refused: Refused) -> None:
    """The files in `submitted/` would be graded, and nbgrader means others."""
    shutil.copytree(graded.submitted, graded.root / "inbox")
    configured(graded, 'c.CourseDirectory.submitted_directory = "inbox"')
    refused("c.CourseDirectory.submitted_directory is 'inbox'; gradkit knows 'submitted' alone, so remove that line")


def test_a_gradebook_without_an_address(graded: Course, refused: Refused) -> None:
    """A db_url that is none."""
    configured(graded, 'c.CourseDirectory.db_url = "rubbish"')
    refused("c.CourseDirectory.db_url is no url of a database")


def test_a_root_that_is_another_folder(graded: Course, fake_grade: Any) -> None:
    """gradkit grades the course that it was called for, or none."""
    configured(graded, 'c.CourseDirectory.root = "/nowhere"')
    with pytest.raises(CourseError, match=r"root is '/nowhere', another folder than .*; remove that line"):
        grade_assignment(graded, graded.assignment("ps1"), grade=fake_grade, feedback=False)


def test_nobody_else_grades_meanwhile(graded: Course, nbgrader: Any) -> None:
    """Two runs in one course would write over each other."""
    before = contents(graded.root)
    with grading_lock(graded.state / "lock"):
        ended = nbgrader(graded.root, "autograde", "ps1", "--force")
    assert ended.status != 0
    assert "another grading run is at work in this course; wait until it is done" in ended.said.splitlines()[-1]
    assert contents(graded.root) == before


def test_a_gradebook_that_is_none(graded: Course, refused: Refused) -> None:
    """A file of another kind."""
    (graded.root / "gradebook.db").write_bytes(b"Dear diary, " * 100)
    refused("gradebook.db: the gradebook refused: file is not a database; check")


def test_a_locked_gradebook(graded: Course, refused: Refused) -> None:
    """Another program is in the middle of something; it is waited for, but not for ever."""
    path = graded.root / "gradebook.db"
    hold = f"c = sqlite3.connect({str(path)!r}, isolation_level=None).execute('BEGIN IMMEDIATE')"
    command = [sys.executable, "-c", f"import sqlite3; {hold}; print(flush=True); input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        refused("gradebook.db: another program holds the gradebook (database is locked); close it and try again")
        other.communicate(b"\n")


def test_a_release_of_other_cells(graded: Course, refused: Refused) -> None:
    """Submissions were graded by the cells of before."""
    path = graded.root / "release/ps1/sums.ipynb"
    path.write_text(path.read_text("utf-8").replace('"grade_id": "add",', '"grade_id": "sum",'), "utf-8")
    refused(
        "gradebook: ps1/sums has other graded cells than release/ps1, and 1 submissions were graded by them; restore"
    )


@pytest.mark.parametrize("line", ['raise RuntimeError("no such server")', "import no_such_module"])
def test_a_config_that_fails_runs_nothing(graded: Course, nbgrader: Any, line: str) -> None:
    """nbgrader alone would go on with stock settings and run the student's code."""
    configured(graded, line)
    before = contents(graded.root)
    ended = nbgrader(graded.root, "autograde", "ps1", "--force")
    assert ended.status != 0, ended.said
    assert "nbgrader_config.py" in ended.said.splitlines()[-1], ended.said
    assert contents(graded.root) == before


@pytest.mark.parametrize("closed", ["gradebook.db", "autograded", ".gradkit"])
def test_a_folder_that_can_not_be_written(graded: Course, as_user: Any, closed: str) -> None:
    """By an ordinary user: no marks, and a line with the place; nothing half-written."""
    command = as_user([sys.executable, "-m", "nbgrader", "autograde", "ps1", "--force"], graded.root)
    place = graded.root / closed
    before = contents(graded.root)
    if closed == "gradebook.db":
        graded.root.chmod(0o555)
    for path in (place, *place.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    done = subprocess.run(command, cwd=graded.root, capture_output=True, text=True, check=False)
    assert done.returncode != 0, done.stderr
    assert any(closed in line and "can't be written" in line for line in done.stderr.splitlines()), done.stderr
    graded.root.chmod(0o755)
    assert contents(graded.root) == before
