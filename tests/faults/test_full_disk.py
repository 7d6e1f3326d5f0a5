"""The disk fills up in the middle of a class; somebody makes room, and the class is graded again."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gradkit.sandbox.bubblewrap import find_bwrap

DISK = 3 << 20
BLOCK = os.sysconf("SC_PAGE_SIZE")
AUTOGRADE = f"""
import json, os, shutil, subprocess, sys
from pathlib import Path
from nbgrader.api import Gradebook
taken, place, room = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
course = Path(shutil.copytree(taken, place / "course"))
ballast = place / "ballast"
ballast.write_bytes(bytes(max(0, (os.statvfs(place).f_bavail - room) * {BLOCK})))
run = [sys.executable, "-m", "nbgrader", "autograde", "ps1", "--force"]
done = subprocess.run(run, cwd=course, stderr=subprocess.PIPE, text=True)
ballast.unlink()
marks = {{}}
with Gradebook(f"sqlite:///{{course}}/gradebook.db", "tiny") as gradebook:
    for submission in gradebook.assignment_submissions("ps1"):
        for notebook in submission.notebooks:
            key = f"{{submission.student.id}}/ps1/{{notebook.name}}.ipynb"
            marks[key] = [grade.auto_score for grade in notebook.grades]
pages = {{str(path.relative_to(course / "autograded")): path.read_text() for path in course.glob("autograded/*/*/*.ipynb")}}
print(json.dumps([done.returncode, done.stderr, marks, pages]))
"""
"""Runs `nbgrader autograde` in a copy of a course, on a disk with room for so many blocks, and tells what is there then."""


@pytest.fixture(scope="module")
def disk(new_keeper: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Commands that see a small disk, with the place of it."""
    place = tmp_path_factory.mktemp("disk")
    keeper = new_keeper([find_bwrap(), "--dev-bind", "/", "/", "--size", str(DISK), "--tmpfs", str(place), "--"])
    yield keeper, place
    keeper.close()


@pytest.fixture
def cramped(disk: Any, judged: Any) -> Iterator[Any]:
    """The class, judged but not written, on the small disk, which the test sees through the keeper's /proc."""
    keeper, inside = disk
    root = Path(f"/proc/{keeper.pid}/root", *inside.parts[1:])
    shutil.copytree(judged.root, root / "course")
    yield type(judged)(root / "course", keeper, inside / "course")
    for path in root.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def leave_room(classroom: Any, room: int) -> None:
    """Fill the disk but for `room` bytes."""
    ballast = classroom.root.parent / "ballast"
    ballast.unlink(missing_ok=True)
    free = os.statvfs(classroom.root).f_bavail * BLOCK
    ballast.write_bytes(bytes(max(0, free - room // BLOCK * BLOCK)))


def make_room(classroom: Any) -> None:
    """Take away what fills the disk."""
    (classroom.root.parent / "ballast").unlink()


def is_said_in_one_line(ended: Any) -> bool:
    """Whether it gave up with the place, the fact and the next step."""
    told = any(fact in ended.error for fact in ("No space left on device", "disk is full", "disk I/O error"))
    return ended.status == 2 and ended.error.count("\n") == 1 and told and "make room and grade again" in ended.error


def names_missing_pages(ended: Any) -> bool:
    """Whether the class is graded but for its pages, and the words say why and what to do."""
    words = " ".join(ended.output.partition("feedback pages are missing: ")[2].split())
    told = "No space left on device" in words and "make room and grade again" in words
    return ended.status == 1 and ended.error == "" and told


def place_of(ended: Any) -> str:
    """What of the course could not be written."""
    names = ("results", "autograded", "gradebook.db", "feedback", "lock")
    return next(name for name in names if name in ended.error + ended.output)


def cut_files(root: Path) -> list[Path]:
    """Notebooks, records and pages of the grader's that are not written to their ends."""
    written = [path for top in ("autograded", "feedback", ".gradkit") for path in (root / top).rglob("*.*")]
    ends = {".json": b"}", ".ipynb": b"}", ".html": b"</html>"}
    return [path for path in written if not path.read_bytes().rstrip().endswith(ends.get(path.suffix, b""))]


def test_a_disk_that_fills_up_at_many_places(
    cramped: Any, is_sound: Callable[[Path], bool], assert_as_undisturbed: Callable[[Any], None],
    assert_exported: Callable[[Any], None],
) -> None:  # fmt: skip
    """Each run goes a little further and gives up in one line; with room again, nothing tells of it."""
    places, room = set(), 0
    while True:
        leave_room(cramped, room * BLOCK)
        ended = cramped.grade()
        make_room(cramped)
        assert ended.left == []
        assert is_sound(cramped.root)
        assert cut_files(cramped.root) == []
        if ended.error == "" and "pages are missing" not in ended.output:
            break
        assert is_said_in_one_line(ended) or names_missing_pages(ended), (room, ended)
        places.add(place_of(ended))
        room += 1 + room
    assert places >= {"autograded", "gradebook.db", "feedback"}
    assert cramped.grade().status == 1
    assert_as_undisturbed(cramped)
    assert_exported(cramped)


def test_a_disk_that_is_full_when_a_record_is_written(
    cramped: Any, assert_as_undisturbed: Callable[[Any], None]
) -> None:
    """Nobody is set aside for it: the run stops, and the next one judges again whose record is missing."""
    (cramped.records("ben") / "sums.key").unlink()
    running = cramped.start(at="open .gradkit/results/ps1/ben/.sums.json", signal=signal.SIGSTOP)
    running.wait_for(lambda: running.is_stopped)
    leave_room(cramped, 0)
    running.kill(signal.SIGCONT)
    ended = running.wait()
    make_room(cramped)
    assert is_said_in_one_line(ended), ended
    assert place_of(ended) == "results"
    assert cramped.grade().status == 1
    assert_as_undisturbed(cramped)


def test_a_gradebook_that_can_not_be_made(cramped: Any, assert_as_undisturbed: Callable[[Any], None]) -> None:
    """A course without a gradebook, on a disk that is full from the start."""
    (cramped.root / "gradebook.db").unlink()
    for room in (0, 5):
        leave_room(cramped, room * BLOCK)
        ended = cramped.grade()
        assert is_said_in_one_line(ended), ended
        assert "gradebook.db" in ended.error
        make_room(cramped)
    assert cramped.grade().status == 1
    assert_as_undisturbed(cramped)


def test_a_full_folder_for_temporary_files(
    disk: Any, classroom: Any, assert_as_undisturbed: Callable[[Any], None]
) -> None:
    """It costs nobody a mark."""
    keeper, place = disk
    room = type(classroom)(classroom.root, keeper)
    full = Path(f"/proc/{keeper.pid}/root", *place.parts[1:], "ballast")
    full.write_bytes(bytes(os.statvfs(full.parent).f_bavail * BLOCK))
    try:
        ended = room.grade(environment={"TMPDIR": str(place)})
    finally:
        full.unlink()
    assert (ended.status, ended.left) == (1, []), ended.error
    assert_as_undisturbed(classroom)


@pytest.mark.parametrize("room", [0, 2])
def test_nbgrader_autograde_on_a_full_disk(judged: Any, tmp_path_factory: pytest.TempPathFactory, room: int) -> None:
    """No student has marks without the whole notebook that explains them; one line tells the place and the next step."""
    place, home = tmp_path_factory.mktemp("disk"), tmp_path_factory.mktemp("home")
    command = [find_bwrap(), "--dev-bind", "/", "/", "--size", str(DISK), "--tmpfs", str(place), "--"]
    command += [sys.executable, "-c", AUTOGRADE, str(judged.root), str(place), str(room)]
    environment = {**os.environ, "HOME": str(home)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    status, said, marks, pages = json.loads(done.stdout)
    if room == 0:
        assert status == 1
    for notebook, scores in marks.items():
        if any(score is not None and score > 0 for score in scores):
            assert json.loads(pages[notebook])["cells"], notebook
    assert all(page.endswith("}\n") for page in pages.values())
    if status:
        assert any("make room" in line and "can't be written" in line for line in said.splitlines()), said
