"""`nbgrader autograde`: graded in the sandbox, from `gradkit grade`'s records where they are there, and failing closed."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from gradkit.course import Course
from gradkit.nbgrader_ext import grade_assignment
from gradkit.nbgrader_ext.configuration import AUTOGRADE

SUBTRACTS = "def add(a, b):\n    return a - b"
NO_SANDBOX = "import gradkit.sandbox.probing as probing; probing.ways = lambda: ()"
BAD_PLUGIN = """
    from nbgrader.plugins import BasePlugin

    class Late(BasePlugin):
        def late_submission_penalty(self, student_id, score, seconds):
            raise ValueError("odd")

    c.AssignLatePenalties.plugin_class = Late
"""
Rows = dict[str, tuple[float | None, bool]]


@pytest.fixture
def autograde(course: Course, nbgrader: Any) -> Callable[..., Any]:
    """Run `nbgrader autograde ps1`."""

    def run(*options: str, first: str = "") -> Any:
        return nbgrader(course.root, "autograde", "ps1", *options, first=first)

    return run


@pytest.fixture
def by_stand_in(course: Course, fake_grade: Any) -> Callable[[], None]:
    """Run `gradkit grade` with a stand-in for the engine, whose records `nbgrader autograde` takes."""

    def run() -> None:
        grade_assignment(course, course.assignment("ps1"), grade=fake_grade, feedback=False)

    return run


def rows(course: Course, student: str) -> Rows:
    """Each question's automatic score and whether a person must look."""
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "tiny") as gradebook:
        submission = gradebook.find_submission("ps1", student)
        return {g.name: (g.auto_score, g.needs_manual_grade) for n in submission.notebooks for g in n.grades}


def lines(ended: Any, word: str) -> list[str]:
    """What was said of something."""
    return [line for line in ended.said.splitlines() if word in line]


RIGHT = {"add": (3.0, False), "add_why": (None, True), "multiply": (4.0, False)}
NO_SUMS = {"add": (None, True), "add_why": (None, True), "multiply": (4.0, False)}
NOTHING = dict.fromkeys(RIGHT, (None, True))


def test_a_class_is_graded_in_one_sandbox(course: Course, hand_in: Any, autograde: Any, tmp_path: Path) -> None:
    """The hidden tests are collected once for each process and not for each student; no student code runs elsewhere."""
    collected, ran = tmp_path / "collected", tmp_path / "ran"
    tests = course.root / "autograder/ps1/test_sums.py"
    tests.write_text(tests.read_text("utf-8") + f"\nopen({str(collected)!r}, 'a').write('.')\n", "utf-8")
    for student in ("ann", "bob", "cem"):
        hand_in(student)
    hand_in("dan", sums=f"open({str(ran)!r}, 'w')\ndef add(a, b):\n    return a - b")
    (hand_in("zoe", products=None) / "sums.ipynb").write_bytes(b"")  # the last one needs no sandbox
    hand_in("eve", sums="def add(a, b):\n    open('/proc/self/environ').read()\n    return a - b", products=None)
    ended = autograde()
    assert ended.status == 0, ended.said
    assert rows(course, "ann") == rows(course, "bob") == rows(course, "cem") == RIGHT
    assert rows(course, "dan") == {**RIGHT, "add": (0.0, False)}
    record = json.loads((course.root / ".gradkit/results/ps1/dan/sums.json").read_text("utf-8"))
    assert (record["status"], record["score"]) == ("graded", 0.0)
    assert rows(course, "eve") == {**RIGHT, "add": (0.0, False), "multiply": (0.0, False)}
    assert len(collected.read_text()) <= 2
    assert not ran.exists()
    assert not [path for path in Path("/proc").iterdir() if path.name.isdigit() and _is_of(path, course.root)]
    assert not (course.root / "autograded/eve/ps1/products.ipynb").exists()


def test_what_is_judged_already_needs_no_sandbox(
    course: Course, hand_in: Any, autograde: Any, by_stand_in: Any
) -> None:
    """The records of `gradkit grade` are taken; where one is missing and nothing isolates, there are no marks, but a reason."""
    hand_in("ann", sums=SUBTRACTS)
    hand_in("bob")
    by_stand_in()
    pages = {path: path.read_bytes() for path in (course.root / "autograded").rglob("*") if path.is_file()}
    ended = autograde("--force", first=NO_SANDBOX)
    assert ended.status == 0, ended.said
    assert rows(course, "ann")["add"] == (1.0, False)  # a third, which only the stand-in gives
    assert {path: path.read_bytes() for path in pages if path.suffix == ".ipynb"} == {
        path: page for path, page in pages.items() if path.suffix == ".ipynb"
    }
    hand_in("bob", sums=SUBTRACTS)
    ended = autograde("--force", first=NO_SANDBOX)
    assert ended.status == 1
    assert rows(course, "ann")["add"] == (1.0, False)
    assert rows(course, "bob")["add"] == (None, True)
    assert lines(ended, "There was an error processing assignment 'ps1' for student 'bob'")
    assert not lines(ended, "for student 'ann'")
    assert lines(ended, "nothing")  # that isolates
    assert not (course.root / "autograded/bob").exists() or not list((course.root / "autograded/bob").rglob("*.ipynb"))


def test_hidden_tests_that_break_give_no_marks(course: Course, hand_in: Any, autograde: Any, by_stand_in: Any) -> None:
    """Earlier marks are taken back, each student is listed; `gradkit grade`'s next run does it again."""
    hand_in("ann")
    hand_in("bob")
    by_stand_in()
    tests = course.root / "autograder/ps1/test_sums.py"
    tests.write_text("raise RuntimeError('the hidden tests are broken')\n", "utf-8")
    ended = autograde("--force")
    assert ended.status == 1
    for student in ("ann", "bob"):
        assert rows(course, student) == NOTHING
        assert lines(ended, f"There was an error processing assignment 'ps1' for student '{student}'")
    assert lines(ended, "the hidden tests are broken")
    assert not list((course.root / "autograded").rglob("*.ipynb"))


def test_a_release_that_is_missing_stops_before_anything_changes(
    course: Course, hand_in: Any, autograde: Any, by_stand_in: Any
) -> None:
    """In one line with the next step."""
    hand_in("ann")
    by_stand_in()
    (course.root / "release/ps1/sums.ipynb").unlink()
    ended = autograde("--force")
    assert ended.status == 1
    assert len(ended.said.splitlines()) == 1, ended.said
    assert "release/ps1/sums.ipynb: missing; run gradkit release ps1" in ended.said
    assert rows(course, "ann") == RIGHT
    assert (course.root / "autograded/ann/ps1/sums.ipynb").is_file()


def holds(content: bytes) -> Callable[[Path], None]:
    """A file of another content in place of the notebook."""

    def change(folder: Path) -> None:
        (folder / "sums.ipynb").write_bytes(content)

    return change


def zipped(folder: Path) -> None:
    """The notebook in an archive."""
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        archive.write(folder / "sums.ipynb", "sums.ipynb")
    (folder / "sums.ipynb").unlink()


def only_zipped(folder: Path) -> None:
    """No notebook, which nbgrader takes no notice of."""
    zipped(folder)
    (folder / "products.ipynb").unlink()


def only_others(folder: Path) -> None:
    """Notebooks of another assignment."""
    for name in ("sums", "products"):
        (folder / f"{name}.ipynb").unlink()
    (folder / "report.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', "utf-8")


def nothing(folder: Path) -> None:
    """An empty folder."""
    for name in ("sums", "products"):
        (folder / f"{name}.ipynb").unlink()


def in_a_link(folder: Path) -> None:
    """A symbolic link to somebody else's work."""
    (folder / "sums.ipynb").unlink()
    (folder / "sums.ipynb").symlink_to(folder.parents[1] / "bob/ps1/sums.ipynb")


def swapped(folder: Path) -> None:
    """Each notebook under the other's name."""
    (folder / "sums.ipynb").rename(folder / "x")
    (folder / "products.ipynb").rename(folder / "sums.ipynb")
    (folder / "x").rename(folder / "products.ipynb")


def renamed(folder: Path) -> None:
    """Names as a browser or a learning-management system gives them."""
    (folder / "sums.ipynb").rename(folder / "sums (1).ipynb")
    (folder / "products.ipynb").rename(folder / "PRODUCTS.IPYNB")


def two_of_one(folder: Path) -> None:
    """Two notebooks that could both be meant."""
    text = (folder / "sums.ipynb").read_text("utf-8")
    (folder / "sums.ipynb").rename(folder / "sums-a.ipynb")
    (folder / "sums-b.ipynb").write_text(text.replace("a + b", "b + a"), "utf-8")


NONE = {"add": (0.0, False), "add_why": (0.0, False), "multiply": (0.0, False)}
FOLDERS: list[tuple[Callable[[Path], None], Rows, str]] = [
    (zipped, NO_SUMS, "sums of ann is set aside, without marks: sums.ipynb is missing, and the folder has all.zip; unpack it"),
    (only_zipped, NOTHING, "and the folder has all.zip; unpack it"),
    (only_others, NOTHING, "and the folder has report.ipynb; look whether it is the notebook"),
    (nothing, NONE, "ann has handed in no notebook of ps1"),
    (in_a_link, NO_SUMS, "it is a symbolic link"),
    (swapped, RIGHT, "ann: sums.ipynb was taken for products.ipynb"),
    (renamed, RIGHT, "ann: sums (1).ipynb was taken for sums.ipynb"),
    *[
        (holds(content), NO_SUMS, "ps1/sums of ann is set aside, without marks: sums.ipynb: the file")
        for content in (b"no JSON", b"", b'{"cells": [', b"\xff\xfe\x00", b"[]")
    ],
    (two_of_one, NO_SUMS, "several files could be it (sums-a.ipynb, sums-b.ipynb)"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected", "told"), FOLDERS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_folder_is_read_as_gradkit_grade_reads_it(
    course: Course, hand_in: Any, autograde: Any, by_stand_in: Any, change: Any, expected: Rows, told: str
) -> None:
    """Graded where it is certain what is meant, else set aside, by both commands; marks of before never stay."""
    folder = hand_in("ann")
    hand_in("bob")
    by_stand_in()
    change(folder)
    (folder / "timestamp.txt").write_text("2026-11-21 10:00:00 UTC", "utf-8")
    ended = autograde(first=NO_SANDBOX)  # it is newer than what was graded, and its files are known
    assert lines(ended, told), ended.said
    assert ended.status == 0, ended.said
    assert rows(course, "ann") == expected
    assert rows(course, "bob") == RIGHT
    shown = sorted(path.name for path in (course.root / "autograded/ann/ps1").glob("*.ipynb"))
    by_stand_in()
    assert rows(course, "ann") == expected
    assert sorted(path.name for path in (course.root / "autograded/ann/ps1").glob("*.ipynb")) == shown


def test_a_time_that_is_none_fails_that_student(course: Course, hand_in: Any, autograde: Any, by_stand_in: Any) -> None:
    """nbgrader can't go on with it: no marks, the line that says why, and the others are graded."""
    folder = hand_in("ann")
    hand_in("bob")
    by_stand_in()
    (folder / "timestamp.txt").write_text("the day before yesterday", "utf-8")
    ended = autograde()
    assert ended.status == 1
    assert lines(ended, "submitted/ann/ps1/timestamp.txt: it says no time; mend or remove it")
    assert rows(course, "ann") == NOTHING
    assert rows(course, "bob") == RIGHT


def test_one_notebook_of_one_student(course: Course, hand_in: Any, autograde: Any, by_stand_in: Any) -> None:
    """As nbgrader's own options ask for; nobody else's marks are touched."""
    hand_in("ann")
    hand_in("bob")
    by_stand_in()
    for student in ("ann", "bob"):
        hand_in(student, sums=SUBTRACTS, products="def multiply(a, b):\n    return a")
    assert autograde("--force", "--student", "ann", "--notebook", "sums").status == 0
    assert rows(course, "ann") == {**RIGHT, "add": (0.0, False)}
    assert rows(course, "bob") == RIGHT


def test_a_config_with_a_syntax_error_runs_no_students_code(
    course: Course, hand_in: Any, autograde: Any, by_stand_in: Any, tmp_path: Path
) -> None:
    """nbgrader only logs such an error and goes on; what nbgrader_config.json says stops it, and marks stay as they were."""
    ran = tmp_path / "ran"
    hand_in("ann")
    by_stand_in()
    hand_in("ann", sums=f"open({str(ran)!r}, 'w')\n{SUBTRACTS}")
    with (course.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
        file.write("c.CourseDirectory.course_id = (\n")
    ended = autograde("--force")
    assert ended.status == 1
    assert "nbgrader_config.py: SyntaxError" in ended.said.splitlines()[-1]
    assert not ran.exists()
    assert rows(course, "ann") == RIGHT


def test_the_guard_says_what_the_config_says() -> None:
    """nbgrader warns of two files that differ."""
    root = Path(__file__).parents[2]
    assert json.loads((root / "nbgrader_config.json").read_text("utf-8")) == {"Autograde": AUTOGRADE}


def test_a_late_penalty_that_fails_leaves_no_marks(
    course: Course, hand_in: Any, autograde: Any, by_stand_in: Any
) -> None:
    """Marks that it should have lowered are taken back."""
    path = course.root / "nbgrader_config.py"
    path.write_text(path.read_text("utf-8").replace("    configure(c)\n", f"    configure(c)\n{BAD_PLUGIN}"), "utf-8")
    hand_in("ann")
    by_stand_in()
    with Gradebook(f"sqlite:///{course.root}/gradebook.db", "tiny") as gradebook:
        gradebook.update_or_create_assignment("ps1", duedate="2026-11-01 10:00:00")
    ended = autograde("--force")
    assert ended.status == 1
    assert lines(ended, "ValueError: odd; mend the late penalty's plugin")
    assert rows(course, "ann")["multiply"] == (None, True)


def _is_of(process: Path, root: Path) -> bool:
    try:
        return (process / "cwd").readlink() == root
    except OSError:
        return False
