"""A class is graded by a real Dask scheduler and real workers on loopback; one of them is killed half-way."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gradkit.errors import GradingError
from gradkit.grading import cluster

SLOW = "import time\nimport numpy as np\ndef add(a, b):\n    time.sleep(0.5)\n    return np.asarray(a) + np.asarray(b)"
PATIENCE = 90


class Machines:
    """A scheduler and its workers, as processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.started: list[subprocess.Popen[bytes]] = []
        self._start("scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1")

    @property
    def address(self) -> str:
        wait_for(self.file.exists)
        wait_for(lambda: self.file.read_text("utf-8").strip().endswith("}"))
        address: str = json.loads(self.file.read_text("utf-8"))["address"]
        return address

    def add_worker(self) -> "subprocess.Popen[bytes]":
        return self._start("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1",
                           "--local-directory", str(self.folder))  # fmt: skip

    def end(self) -> None:
        """Workers before the scheduler; Dask's own way to end sometimes waits for a worker that is no more."""
        for process in reversed(self.started):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(PATIENCE)

    def _start(self, *words: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "distributed.cli.dask_" + words[0], *words[1:], "--scheduler-file", self.file]
        with (self.folder / f"{words[0]}-{len(self.started)}.log").open("wb") as log:
            self.started.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder))
        return self.started[-1]


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "too late"
        time.sleep(0.05)


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    folder = tmp_path / "machines"
    folder.mkdir()
    found = Machines(folder)
    yield found
    found.end()


def children_of(pid: int) -> set[int]:
    return {int(word) for path in Path(f"/proc/{pid}/task").glob("*/children") for word in path.read_text().split()}


def test_a_killed_worker_costs_its_running_submission_only(course, hand_in, gradkit, machines):
    """Every student has the marks of a run on one machine; what was graded before the loss is not graded again."""
    for number in range(8):
        hand_in(f"slow-{number}", SLOW)
    hand_in("wrong", "def add(a, b):\n    return a - b")
    workers = [machines.add_worker(), machines.add_worker()]
    command = [sys.executable, "-m", "gradkit", "grade", "ps1", "--json-lines", "--cluster", machines.address]
    with subprocess.Popen(command, cwd=course.root, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        lines = [json.loads(run.stdout.readline())]
        graders = children_of(workers[0].pid)
        os.kill(workers[0].pid, signal.SIGKILL)
        lines += [json.loads(line) for line in run.stdout]
    assert run.returncode == 0
    assert graders
    *students, end = lines
    assert {line["student"]: line["score"] for line in students} == {f"slow-{n}": 7.0 for n in range(8)} | {
        "wrong": 4.0
    }
    assert (end["event"], end["students"], end["set_aside"]) == ("end", 9, [])
    assert all((course.root / "feedback" / line["student"] / "ps1" / "sums.html").is_file() for line in students)
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in graders))
    again = gradkit("grade", "ps1", "--json-lines")
    assert json.loads(again.stdout.splitlines()[-1])["unchanged"] == 9


def test_nothing_but_records_comes_back_and_nothing_stays(course, hand_in, gradkit, machines):
    """Verdicts, seeds and feedback are those of this machine; the worker's copy of the course is gone afterwards."""
    hand_in("wrong", "def add(a, b):\n    return a - b")
    scratch = machines.folder / "tmp"
    scratch.mkdir()
    os.environ["TMPDIR"] = str(scratch)
    try:
        machines.add_worker()
    finally:
        del os.environ["TMPDIR"]
    done = gradkit("grade", "ps1", "--cluster", machines.address, "--seed", "abc")
    assert done.returncode == 0, done.stderr
    there = (course.state / "results/ps1/wrong/sums.json").read_bytes()
    assert gradkit("grade", "ps1", "--force", "--seed", "abc").returncode == 0
    assert (course.state / "results/ps1/wrong/sums.json").read_bytes() == there
    wait_for(lambda: not [path for path in scratch.iterdir() if path.name.startswith("gradkit-course")])


def test_a_scheduler_that_is_not_there_is_told_in_one_line(course, hand_in, gradkit):
    """With the address and the next step; nothing is graded."""
    hand_in("ann")
    done = gradkit("grade", "ps1", "--cluster", "tcp://127.0.0.1:9")
    assert done.returncode == 2
    assert done.stderr.startswith("gradkit: tcp://127.0.0.1:9: no Dask scheduler answers")
    assert len(done.stderr.splitlines()) == 1
    assert not (course.root / "autograded").exists()


def test_a_worker_with_another_gradkit_or_other_tests_grades_nothing(course, tmp_path, monkeypatch):
    """It says so, and keeps nothing of the course; a task for hidden tests that it lacks is refused."""
    assignment = course.assignment("ps1")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = sorted(tmp_path.iterdir())
    with pytest.raises(GradingError, match="another version of gradkit"):
        cluster.CoursePlugin("0" * 64, "ps1", cluster.pack(assignment)).setup(None)
    assert sorted(tmp_path.iterdir()) == before
    with pytest.raises(GradingError, match="other hidden tests, or none"):
        cluster.grade_here("0" * 64, "sums", b"", None)
