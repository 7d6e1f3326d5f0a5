"""A small class to grade, commands that can be killed, and what a course looks like when nothing went wrong."""

import csv
import fcntl
import json
import os
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import pytest

from gradkit.results import from_json, to_json

T = TypeVar("T")

HERE = Path(__file__).parent
SOURCES = HERE.parents[1] / "src"
PATIENCE = 120
"""Seconds to wait for a process before the test fails."""

ADDS = "def add(a, b):\n    return np.asarray(a) + np.asarray(b)"
SUBTRACTS = "def add(a, b):\n    return np.asarray(a) - np.asarray(b)"
MULTIPLIES = "def multiply(a, b):\n    return a * b"

MARKS = """
select submitted_assignment.student_id, notebook.name, base_cell.name, auto_score, manual_score, extra_credit,
       needs_manual_grade, late_submission_penalty, submitted_assignment.timestamp
from grade
join submitted_notebook on submitted_notebook.id = grade.notebook_id
join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
join notebook on notebook.id = submitted_notebook.notebook_id
join base_cell on base_cell.id = grade.cell_id
order by 1, 2, 3
"""
COMMENTS = """
select submitted_assignment.student_id, notebook.name, base_cell.name, auto_comment
from comment
join submitted_notebook on submitted_notebook.id = comment.notebook_id
join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
join notebook on notebook.id = submitted_notebook.notebook_id
join base_cell on base_cell.id = comment.cell_id
order by 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its status (minus a signal), its words, its steps where they were counted, who outlived it."""

    status: int
    output: str
    error: str
    steps: int
    left: Sequence[str]


class Running:
    """A command at work."""

    def __init__(self, keeper: "Keeper", output: Path) -> None:
        self._keeper, self._output = keeper, output
        self.pid = int(keeper.hear("pid"))
        self.ended: Ended | None = None

    def kill(self, number: int = signal.SIGKILL, *, group: bool = False) -> None:
        """Send a signal to it, or to its whole group as a terminal does; nothing when it is gone already."""
        try:
            (os.killpg if group else os.kill)(self.pid, number)
        except ProcessLookupError:
            pass

    def wait_for(self, found: Callable[[], T | None], every: float = 0.001) -> T:
        """What `found` finds as soon as it finds something; fails when the process ends before."""
        while True:
            over = self.is_over(every)
            if thing := found():
                return thing
            assert not over, f"it ended before: {self.wait()}"

    def is_alive(self, pid: int) -> bool:
        """Whether a process, one of its own perhaps, is there and not only its status."""
        return is_running(pid)

    @property
    def is_stopped(self) -> bool:
        """Whether it stands still, by SIGSTOP."""
        return Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "T"

    def worker(self, name: str) -> int:
        """The student's process that calls itself `name`, below this one, as soon as there is one; none of which only the status is
        left.
        """
        return self.wait_for(
            lambda: next((pid for pid, known in descendants(self.pid) if known == name and is_running(pid)), None)
        )

    def wait(self) -> Ended:
        """Wait for the end of it and of all that it started."""
        if self.ended is None:
            status, left = int(self._keeper.hear("status")), self._keeper.hear("left")
            out, err, steps = (self._output.with_suffix(suffix) for suffix in (".out", ".err", ".steps"))
            count = int(steps.read_text("utf-8") or 0) if steps.exists() else 0
            steps.unlink(missing_ok=True)
            self.ended = Ended(status, out.read_text("utf-8"), err.read_text("utf-8"), count, left)
        return self.ended

    def is_over(self, seconds: float = 0) -> bool:
        """Whether it has ended or ends within so many seconds."""
        return self.ended is not None or self._keeper.has_said_something(seconds)


def is_running(pid: int) -> bool:
    """Whether a process is there and not only its status."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def descendants(pid: int) -> Iterator[tuple[int, str]]:
    """Pid and name of every process that a process started, those of its children included."""
    try:
        lists = [path.read_text("ascii") for path in Path(f"/proc/{pid}/task").glob("*/children")]
        for child in (int(word) for words in lists for word in words.split()):
            yield child, Path(f"/proc/{child}/comm").read_text("utf-8").strip()
            yield from descendants(child)
    except (FileNotFoundError, ProcessLookupError):
        return


class Keeper:
    """Runs commands by keeper.py; `around` is a command that it runs in itself, such as bwrap with a mount."""

    def __init__(self, scratch: Path, around: Sequence[str] = ()) -> None:
        self._scratch = scratch
        environment = {**os.environ, "PYTHONPATH": str(SOURCES), "COLUMNS": "300", "HOME": str(scratch)}
        self._process = subprocess.Popen(
            [*around, sys.executable, str(HERE / "keeper.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
        )  # fmt: skip
        self._heard = b""
        self.pid = int(self.hear("ready"))

    def start(self, *argv: str, folder: Path, **options: Any) -> Running:
        """Start a command in `folder`; options as keeper.py knows them."""
        assert self._process.stdin is not None
        output = self._scratch / "command"
        request = {"argv": argv, "folder": str(folder), "output": str(output), **options}
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        return Running(self, output)

    def run(self, *argv: str, folder: Path, **options: Any) -> Ended:
        """Run a command to its end."""
        return self.start(*argv, folder=folder, **options).wait()

    def hear(self, word: str) -> Any:
        """The next thing that it says, which must be about `word`."""
        assert self._process.stdout is not None
        while b"\n" not in self._heard:
            assert self.has_said_something(PATIENCE), f"no word about {word}"
            part = os.read(self._process.stdout.fileno(), 65536)
            assert part, "the keeper is gone"
            self._heard += part
        line, _, self._heard = self._heard.partition(b"\n")
        return json.loads(line)[word]

    def has_said_something(self, seconds: float = 0) -> bool:
        """Whether there is something to hear within so many seconds."""
        return bool(self._heard or select.select([self._process.stdout], [], [], seconds)[0])

    def close(self) -> None:
        """Let it go home."""
        self._process.communicate(timeout=PATIENCE)


@dataclass(frozen=True)
class Classroom:
    """A course with a class. `root` is where the test sees it, `inside` where the commands do."""

    root: Path
    keeper: Keeper
    inside: Path = field(default=Path())

    @property
    def folder(self) -> Path:
        """The course folder as the commands see it."""
        return self.inside if self.inside != Path() else self.root

    def start(self, *arguments: str, **options: Any) -> Running:
        """Start `gradkit grade ps1`."""
        return self.keeper.start("gradkit", "grade", "ps1", *arguments, folder=self.folder, **options)

    def grade(self, *arguments: str, **options: Any) -> Ended:
        """Run `gradkit grade ps1` to its end."""
        return self.start(*arguments, **options).wait()

    def hand_in(self, student: str, sums: str | None = ADDS, products: str | None = MULTIPLIES) -> Path:
        """Put a student's work into `submitted/`."""
        folder = self.root / "submitted" / student / "ps1"
        folder.mkdir(parents=True, exist_ok=True)
        for name, source in (("sums", sums), ("products", products)):
            if source is not None:
                write_answer(self.root / f"release/ps1/{name}.ipynb", folder / f"{name}.ipynb", source)
        (folder / "timestamp.txt").write_text("2026-11-20 10:00:00 UTC", "utf-8")
        return folder

    def remove(self, student: str) -> None:
        """Take back what a student handed in."""
        shutil.rmtree(self.root / "submitted" / student)

    def records(self, student: str) -> Path:
        """Where a student's records are."""
        return self.root / ".gradkit/results/ps1" / student

    def marks(self, student: str) -> dict[str, float | None]:
        """A student's automatic marks, by question."""
        (rows,) = query(self.root, MARKS)
        return {row[2]: row[3] for row in rows if row[0] == student}

    def partial_files(self) -> list[Path]:
        """Files that were not written to their ends."""
        return [path for path in self.root.rglob("*.partial*") if "submitted" not in path.parts]

    def finished(self) -> dict[str, bytes]:
        """The records that are kept with their keys, which no later run may make again."""
        keys = sorted(self.root.glob(".gradkit/results/ps1/*/*.key"))
        return {f"{path.parent.name}/{path.stem}": path.with_suffix(".json").read_bytes() for path in keys}


def write_answer(released: Path, path: Path, source: str) -> None:
    """A released notebook with an answer in its code cell and a word in its written one."""
    data = json.loads(released.read_text("utf-8"))
    for cell in data["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if grade_id.endswith("_solution"):
            cell["source"] = source
        if grade_id == "add_why":
            cell["source"] = "Because."
    path.write_text(json.dumps(data), "utf-8")


def query(root: Path, *statements: str) -> list[list[tuple[Any, ...]]]:
    """What the gradebook answers; it is asked in a copy, with its journal, as a program would find it."""
    with tempfile.TemporaryDirectory() as folder:
        for path in root.glob("gradebook.db*"):
            shutil.copy(path, folder)
        with closing(sqlite3.connect(Path(folder) / "gradebook.db")) as gradebook:
            return [gradebook.execute(statement).fetchall() for statement in statements]


def sound(root: Path) -> bool:
    """Whether SQLite finds nothing wrong with the gradebook."""
    return query(root, "PRAGMA integrity_check", "PRAGMA foreign_key_check") == [[("ok",)], []]


def without_seed(path: Path) -> str:
    """A result record but for its seed, which each grading draws anew."""
    return to_json(replace(from_json(path.read_text("utf-8")), seed=""))


def state_of(root: Path) -> dict[str, Any]:
    """All that grading leaves: marks, comments, and each file below autograded/, feedback/ and the records."""
    marks, comments = query(root, MARKS, COMMENTS)
    state: dict[str, Any] = {"marks": marks, "comments": comments}
    for top in ("autograded", "feedback", ".gradkit/results"):
        for path in sorted((root / top).rglob("*")):
            if not path.is_dir():
                record = path.suffix == ".json" and not path.name.startswith(".")
                name = path.relative_to(root).as_posix()
                state[name] = without_seed(path) if record else path.read_bytes()
    return state


def is_locked(root: Path) -> bool:
    """Whether somebody holds the lock of grading runs."""
    path = root / ".gradkit/lock"
    if not path.exists():
        return False
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.fixture(scope="session")
def new_keeper(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Sequence[str]], Keeper]:
    """Makes a keeper inside of another command."""
    return lambda around: Keeper(tmp_path_factory.mktemp("keeper"), around)


@pytest.fixture(scope="session")
def keeper(new_keeper: Callable[[Sequence[str]], Keeper]) -> Iterator[Keeper]:
    """Runs the commands of these tests."""
    found = new_keeper([])
    yield found
    found.close()


@pytest.fixture
def is_sound() -> Callable[[Path], bool]:
    """Whether SQLite finds nothing wrong with the gradebook below a folder."""
    return sound


@pytest.fixture
def ask_gradebook() -> Callable[..., list[list[tuple[Any, ...]]]]:
    """What the gradebook below a folder answers."""
    return query


@pytest.fixture
def whole_state() -> Callable[[Path], dict[str, Any]]:
    """All that grading left below a folder."""
    return state_of


@pytest.fixture(scope="session")
def handed_in(tiny: ModuleType, keeper: Keeper, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released tiny course with the work of three students, for copying; nothing is graded."""
    root: Path = tiny.write_course(tmp_path_factory.mktemp("handed-in") / "course")
    released = keeper.run("nbgrader", "generate_assignment", "ps1", folder=root)
    assert released.status == 0, released.error
    room = Classroom(root, keeper)
    room.hand_in("ada")
    room.hand_in("ben", sums=SUBTRACTS, products=None)
    cut = room.hand_in("cem") / "sums.ipynb"
    cut.write_bytes(cut.read_bytes()[:500])
    return root


@pytest.fixture
def classroom(handed_in: Path, keeper: Keeper, tmp_path: Path) -> Classroom:
    """A class of the test's own: ada is right; ben is wrong and forgot a notebook; one of cem's is cut in half."""
    shutil.copytree(handed_in, tmp_path / "course")
    return Classroom(tmp_path / "course", keeper)


@pytest.fixture(scope="session")
def graded_root(handed_in: Path, keeper: Keeper, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That class after a run that nothing disturbed; to be read and copied."""
    root = tmp_path_factory.mktemp("undisturbed") / "course"
    shutil.copytree(handed_in, root)
    ended = Classroom(root, keeper).grade()
    assert (ended.status, ended.left) == (1, []), ended.error
    return root


@pytest.fixture
def graded(classroom: Classroom, graded_root: Path) -> Classroom:
    """The test's own class, graded."""
    shutil.rmtree(classroom.root)
    shutil.copytree(graded_root, classroom.root)
    return classroom


@pytest.fixture
def judged(classroom: Classroom, graded_root: Path) -> Classroom:
    """The test's own class as if its run had been killed when all was judged and nothing written."""
    shutil.copytree(graded_root / ".gradkit", classroom.root / ".gradkit")
    for name in ("recorded.keys", "shown.mark"):
        for path in classroom.root.glob(f".gradkit/results/ps1/*/{name}"):
            path.unlink()
    return classroom


@pytest.fixture(scope="session")
def undisturbed(graded_root: Path) -> dict[str, Any]:
    """All that such a run leaves."""
    return state_of(graded_root)


@pytest.fixture
def assert_as_undisturbed(undisturbed: dict[str, Any]) -> Callable[[Classroom], None]:
    """Fails unless a class looks as if nothing had ever happened to it."""

    def check(classroom: Classroom) -> None:
        assert sound(classroom.root)
        assert not is_locked(classroom.root)
        assert classroom.partial_files() == []
        state = state_of(classroom.root)
        assert sorted(state) == sorted(undisturbed)
        assert {name for name, content in state.items() if content != undisturbed[name]} == set()

    return check


@pytest.fixture
def assert_exported(undisturbed: dict[str, Any]) -> Callable[[Classroom], None]:
    """Fails unless nbgrader itself exports the marks of a class of which nothing was disturbed."""
    expected: dict[str, float] = {}
    for row in undisturbed["marks"]:
        expected[row[0]] = expected.get(row[0], 0.0) + (row[3] or 0.0)

    def check(classroom: Classroom) -> None:
        exported = classroom.keeper.run("nbgrader", "export", "--to", "marks.csv", folder=classroom.folder)
        assert exported.status == 0, exported.error
        rows = csv.DictReader((classroom.root / "marks.csv").read_text("utf-8").splitlines())
        assert {row["student_id"]: float(row["score"]) for row in rows} == expected

    return check
