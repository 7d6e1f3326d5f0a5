"""What else a day of grading brings: signals, locks, files that were touched, a clock that is put back."""

import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

STOPPED = "gradkit: stopped; what was graded is kept\n"
SLOW = """def add(a, b):
    import ctypes, time
    ctypes.CDLL(None).prctl(15, b"at work", 0, 0, 0)
    time.sleep(60)"""
signals = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])


@signals
def test_a_run_that_is_stopped_says_so(judged: Any, assert_as_undisturbed: Callable[[Any], None], number: int) -> None:
    """At any step of its writing: one line, exit status 2, and what was graded is not graded again."""
    finished = judged.finished()
    for step in (1, 60):
        ended = judged.grade(at=step, signal=number)
        assert (ended.status, ended.error, ended.left) == (2, STOPPED, [])
    assert judged.grade().status == 1
    assert_as_undisturbed(judged)
    assert judged.finished() == finished


@signals
def test_a_run_that_is_stopped_while_a_student_works(
    judged: Any, assert_as_undisturbed: Callable[[Any], None], number: int
) -> None:
    """The student's process goes with it, and the stop is not taken for the student's failure."""
    path = judged.root / "submitted/ben/ps1/sums.ipynb"
    before, finished = path.read_bytes(), judged.finished()
    judged.hand_in("ben", sums=SLOW, products=None)
    running = judged.start()
    running.worker("at work")
    running.kill(number, group=True)
    ended = running.wait()
    assert (ended.status, ended.error, ended.left) == (2, STOPPED, [])
    assert judged.finished() == finished
    path.write_bytes(before)
    assert judged.grade().status == 1
    assert_as_undisturbed(judged)


def test_a_run_that_is_stopped_before_it_began(classroom: Any) -> None:
    """While the hidden tests are collected: not their fault."""
    path = classroom.root / "autograder/ps1/test_sums.py"
    stop = "import os, signal, time\nos.kill(os.getppid(), signal.SIGINT)\ntime.sleep(5)\n"
    path.write_text(stop + path.read_text("utf-8"), "utf-8")
    ended = classroom.grade()
    assert (ended.status, ended.error, ended.left) == (2, STOPPED, [])


def test_another_program_holds_the_gradebook(judged: Any, assert_as_undisturbed: Callable[[Any], None]) -> None:
    """One line says so; when it has let go, the class is graded."""
    with closing(sqlite3.connect(judged.root / "gradebook.db")) as gradebook:
        gradebook.execute("begin exclusive")
        ended = judged.grade()
    assert ended.status == 2
    assert "gradebook.db: another program holds the gradebook" in ended.error
    assert "close it and try again" in ended.error
    assert ended.error.count("\n") == 1
    assert judged.grade().status == 1
    assert_as_undisturbed(judged)


def test_another_program_takes_the_gradebook_in_the_middle(
    judged: Any, assert_as_undisturbed: Callable[[Any], None]
) -> None:
    """One line says so; nobody is set aside for it, and nobody is graded twice."""
    finished = judged.finished()
    running = judged.start(at="os.mkdir autograded/", signal=signal.SIGSTOP)
    running.wait_for(lambda: running.is_stopped)  # the gradebook was read, nobody is in it
    with closing(sqlite3.connect(judged.root / "gradebook.db", isolation_level=None)) as gradebook:
        gradebook.execute("begin exclusive")
        running.kill(signal.SIGCONT)
        ended = running.wait()
    assert ended.status == 2
    assert "gradebook.db: another program holds the gradebook" in ended.error
    assert judged.finished() == finished
    assert judged.grade().status == 1
    assert_as_undisturbed(judged)
    assert judged.finished() == finished


def test_a_record_that_can_not_be_read_is_made_again(graded: Any, assert_as_undisturbed: Callable[[Any], None]) -> None:
    """One that is cut in half, one of another version, an empty one; the others stay."""
    before = graded.finished()
    cut, other, empty = (graded.records("ada") / "sums.json", graded.records("ada") / "products.json",
                         graded.records("ben") / "sums.json")  # fmt: skip
    cut.write_bytes(cut.read_bytes()[:300])
    other.write_text(other.read_text("utf-8").replace('"schema_version": 1', '"schema_version": 2', 1), "utf-8")
    empty.write_bytes(b"")
    assert graded.grade().status == 1
    assert_as_undisturbed(graded)
    after = graded.finished()
    changed = {name for name, record in after.items() if before[name] != record}
    assert changed == {"ada/sums", "ada/products", "ben/sums"}


def test_what_was_deleted_is_written_again(graded: Any, assert_as_undisturbed: Callable[[Any], None]) -> None:
    """An autograded notebook, a student's whole folder, a page; from the records, so that nobody is graded again."""
    before = graded.finished()
    (graded.root / "autograded/ada/ps1/sums.ipynb").unlink()
    shutil.rmtree(graded.root / "autograded/ben")
    (graded.root / "feedback/cem/ps1/products.html").unlink()
    assert graded.grade().status == 1
    assert_as_undisturbed(graded)
    assert graded.finished() == before


def test_a_folder_that_can_not_be_written(judged: Any, assert_as_undisturbed: Callable[[Any], None]) -> None:
    """Where a student's autograded notebooks belong there is a file: it is named, and who came before is graded."""
    place = judged.root / "autograded/ben"
    place.parent.mkdir()
    place.write_text("not a folder", "utf-8")
    ended = judged.grade("--jobs", "1")  # one after the other
    assert (ended.status, ended.error.count("\n")) == (2, 1)
    assert "autograded/ben" in ended.error
    assert "mend that and grade again" in ended.error
    assert judged.marks("ada")["add"] == 3.0
    place.unlink()
    assert judged.grade().status == 1
    assert_as_undisturbed(judged)


def test_a_clock_that_was_put_back(graded: Any, assert_as_undisturbed: Callable[[Any], None]) -> None:
    """Whether work has changed is told from what is in it, not from its time."""
    before = graded.finished()
    assert graded.marks("ben")["add"] == 0.0
    tomorrow = time.time() + 86_400
    for path in graded.root.rglob("*"):
        os.utime(path, (tomorrow, tomorrow))
    old = (graded.root / "submitted/ben/ps1/sums.ipynb").read_bytes()
    path = graded.hand_in("ben", products=None) / "sums.ipynb"
    os.utime(path, (0, 0))
    assert graded.grade().status == 1
    assert graded.marks("ben")["add"] == 3.0
    assert "Score: 3.0" in (graded.root / "feedback/ben/ps1/sums.html").read_text("utf-8")
    path.write_bytes(old)
    os.utime(path, (0, 0))
    assert graded.grade().status == 1
    assert_as_undisturbed(graded)
    after = graded.finished()
    assert {name for name, record in after.items() if before[name] != record} == {"ben/sums"}
