"""`gradkit grade` is killed in the middle of a class, and run again."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

BUSY = """def add(a, b):
    import ctypes, signal
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(15, b"for ever", 0, 0, 0)
    while True:
        pass"""


def hand_in_anew(classroom: Any, time: str) -> None:
    """Everybody's time of handing in becomes another, so that everybody is written again and nobody judged."""
    for path in classroom.root.glob("submitted/*/ps1/timestamp.txt"):
        path.write_text(f"2026-11-20 {time} UTC", "utf-8")


def test_killed_at_many_steps_of_its_writing(
    judged: Any, assert_as_undisturbed: Callable[[Any], None], assert_exported: Callable[[Any], None]
) -> None:
    """Between any two files, statements and commits: the next runs go on, nobody is graded twice, nothing tells of it."""
    finished = judged.finished()
    for step in (36, 52, 72, 92, 170):  # to open the gradebook takes 32, a student about 60
        ended = judged.grade(at=step)
        assert ended.left == []
        assert ended.status in (-signal.SIGKILL, 1), ended.error
        assert judged.finished().items() >= finished.items()
    assert judged.grade().status == 1
    assert_as_undisturbed(judged)
    assert_exported(judged)
    assert judged.finished() == finished


def test_killed_when_it_has_just_written(
    classroom: Any, assert_as_undisturbed: Callable[[Any], None], assert_exported: Callable[[Any], None]
) -> None:
    """A record, an autograded notebook, a feedback page."""
    finished: dict[str, bytes] = {}
    for name in (
        ".gradkit/results/ps1/ben/sums.json",
        "autograded/ben/ps1/sums.ipynb",
        "feedback/ben/ps1",
    ):
        running = classroom.start()
        running.wait_for((classroom.root / name).exists)
        running.kill()
        ended = running.wait()
        assert (ended.status, ended.left) == (-signal.SIGKILL, [])
        finished |= classroom.finished()
    assert classroom.grade().status == 1
    assert_as_undisturbed(classroom)
    assert_exported(classroom)
    assert classroom.finished().items() >= finished.items(), "graded twice"


def test_killed_between_a_file_and_its_name(judged: Any, assert_as_undisturbed: Callable[[Any], None]) -> None:
    """Of a record, an autograded notebook and a gradebook: what was written under another name is removed."""
    (judged.root / "gradebook.db").unlink()
    for place in ("gradebook.db", "autograded/ada/ps1/sums.ipynb", ".gradkit/results/ps1/ben/sums.json"):
        folder, _, name = place.rpartition("/")
        (judged.records("ben") / "sums.key").unlink(missing_ok=True)  # a run that is killed may have come to it
        ended = judged.grade(at=f"os.rename {folder + '/' * bool(folder)}.{name}")
        assert ended.status == -signal.SIGKILL, ended
        assert len(judged.partial_files()) == 1
    assert judged.grade().status == 1
    assert_as_undisturbed(judged)


def test_killed_in_the_middle_of_a_commit(
    graded: Any, is_sound: Callable[[Path], bool], assert_as_undisturbed: Callable[[Any], None]
) -> None:
    """While SQLite's journal is there: what was not committed is taken back, whoever opens the gradebook next."""
    left = 0
    journal = os.fspath(graded.root / "gradebook.db-journal")
    for number in range(3):
        hand_in_anew(graded, f"11:00:{number:02}")
        running = graded.start()
        running.wait_for(lambda: os.path.exists(journal))  # noqa: PTH110  # every microsecond counts
        running.kill()
        assert running.wait().left == []
        left += os.path.exists(journal)  # noqa: PTH110
        assert is_sound(graded.root)
    assert left > 0, "no run was killed in a commit"
    hand_in_anew(graded, "10:00:00")
    assert graded.grade().status == 1
    assert_as_undisturbed(graded)


def test_killed_while_a_student_works(judged: Any, assert_as_undisturbed: Callable[[Any], None]) -> None:
    """The student's process, which ignores every signal that can be ignored, ends with the grader."""
    before = (judged.root / "submitted/ben/ps1/sums.ipynb").read_bytes()
    judged.hand_in("ben", sums=BUSY, products=None)
    running = judged.start()
    running.worker("for ever")
    running.kill()
    ended = running.wait()
    assert (ended.status, ended.left) == (-signal.SIGKILL, [])
    (judged.root / "submitted/ben/ps1/sums.ipynb").write_bytes(before)
    assert judged.grade().status == 1
    assert_as_undisturbed(judged)


def test_killed_while_it_makes_the_gradebook(
    judged: Any, ask_gradebook: Callable[..., Any], assert_as_undisturbed: Callable[[Any], None]
) -> None:
    """A gradebook that was begun is a gradebook after the next run, of a version that nbgrader knows."""
    whole = ask_gradebook(judged.root, "select version_num from alembic_version")
    (judged.root / "gradebook.db").unlink()
    assert judged.grade(at=40).status == -signal.SIGKILL
    assert judged.grade().status == 1
    assert_as_undisturbed(judged)
    assert ask_gradebook(judged.root, "select version_num from alembic_version") == whole
