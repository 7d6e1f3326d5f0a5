"""A class is graded side by side, and again: what a person and a program see of it, what is kept, what changed."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

WRONG = "import numpy as np\ndef add(a, b):\n    return np.asarray(a) - np.asarray(b)"
SLOW = "import time\nimport numpy as np\ndef add(a, b):\n    time.sleep(0.5)\n    return np.asarray(a) + np.asarray(b)"


def events(done: "subprocess.CompletedProcess[str]") -> list[dict]:
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def state_of(course) -> dict[str, bytes]:
    """Every file that a run writes, but for its log and its times."""
    return {
        str(path.relative_to(course.root)): path.read_bytes()
        for folder in ("autograded", "feedback", ".gradkit/results")
        for path in sorted((course.root / folder).rglob("*"))
        if path.is_file()
    }


def marks_of(course) -> dict[str, float]:
    with Gradebook(f"sqlite:///{course.root}/gradebook.db") as gradebook:
        return {entry.student.id: entry.score for entry in gradebook.assignment_submissions("ps1")}


def test_however_many_jobs_the_verdict_is_the_same(course, hand_in, gradkit):
    """Records, notebooks and pages of one process and of three are equal byte for byte, with the same seed."""
    for number in range(5):
        hand_in(f"student-{number}", WRONG if number % 2 else SLOW)
    assert gradkit("grade", "ps1", "--jobs", "1", "--seed", "abc").returncode == 0
    alone, marks = state_of(course), marks_of(course)
    assert gradkit("grade", "ps1", "--jobs", "3", "--seed", "abc", "--force").returncode == 0
    assert state_of(course) == alone
    assert marks_of(course) == marks
    assert len(marks) == 5


def test_json_lines_tell_programs_all_that_a_person_is_told(course, hand_in, gradkit):
    """A line for each student, and one at the end."""
    hand_in("ann", WRONG)
    hand_in("bob")
    *students, end = events(gradkit("grade", "ps1", "--json-lines"))
    assert [(line["event"], line["done"], line["total"]) for line in students] == [("student", 1, 2), ("student", 2, 2)]
    found = {line["student"]: line for line in students}
    assert (found["ann"]["score"], found["bob"]["score"]) == (4.0, 7.0)
    (wrong,) = [item for item in found["ann"]["notebooks"] if item["notebook"] == "sums"]
    assert wrong["questions"] == [{"grade_id": "add", "score": 0.0, "max_score": 3.0, "diagnoses": []}]
    assert end["students"] == 2
    assert end["changes"] == end["set_aside"] == []
    assert end["isolation"] in ("A", "B")


def test_only_what_changed_is_graded_again(course, hand_in, gradkit):
    """A new submission costs one submission; --student and --force ask for more or less."""
    hand_in("ann")
    hand_in("bob")
    gradkit("grade", "ps1")
    hand_in("cem")
    assert events(gradkit("grade", "ps1", "--json-lines"))[-1]["unchanged"] == 2
    hand_in("bob", WRONG)
    hand_in("ann", WRONG)
    *students, end = events(gradkit("grade", "ps1", "--json-lines", "--student", "bob"))
    assert [(line["student"], line["score"]) for line in students] == [("bob", 4.0)]
    assert end["changes"] == []  # other work, other marks: no news
    assert events(gradkit("grade", "ps1", "--json-lines", "--force"))[-1]["unchanged"] == 0


def test_after_a_changed_test_a_table_says_whose_marks_changed(course, hand_in, gradkit):
    """With the marks before and now, and the difference; whoever keeps the marks is not in it."""
    hand_in("ann", WRONG)
    hand_in("bob")
    gradkit("grade", "ps1")
    path = course.root / "autograder/ps1/test_sums.py"
    path.write_text(path.read_text("utf-8").replace("left + right, rtol", "left - right, rtol"), "utf-8")
    done = gradkit("grade", "ps1")
    table = done.stdout[done.stdout.index("other marks for the same work") :]
    assert re.search(r"ann +sums +0 +3 +\+3", table)
    assert re.search(r"bob +sums +3 +0 +-3", table)
    assert "products" not in table
    assert "other marks" not in gradkit("grade", "ps1", "--force").stdout


def test_the_seed_of_a_record_gives_the_same_verdict_bit_for_bit(course, hand_in, gradkit):
    """An appeal: grade one student again with the record's seed."""
    hand_in("ann", "import numpy as np\ndef add(a, b):\n    return np.random.rand(3, 4)")
    gradkit("grade", "ps1")
    record = course.state / "results/ps1/ann/sums.json"
    first = record.read_bytes()
    gradkit("grade", "ps1", "--student", "ann", "--force", "--seed", json.loads(first)["seed"])
    assert record.read_bytes() == first


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_half_way_and_taken_up_again(course, hand_in, gradkit, number):
    """Nothing is left running, the marks so far stand, and the next run grades the rest."""
    for index in range(6):
        hand_in(f"student-{index}", SLOW)
    command = [sys.executable, "-m", "gradkit", "grade", "ps1", "--json-lines", "--jobs", "2"]
    with subprocess.Popen(
        command, cwd=course.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.readline()
        started = descendants(run.pid)
        os.killpg(run.pid, number)
        assert "stopped; what was graded is kept" in run.stderr.read()
    assert run.returncode == 2
    assert started
    deadline = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in started):
        assert time.monotonic() < deadline, "something is left running"
        time.sleep(0.05)
    so_far = len(marks_of(course))
    assert 1 <= so_far < 6
    end = events(gradkit("grade", "ps1", "--json-lines"))[-1]
    assert end["unchanged"] >= so_far
    assert marks_of(course) == {f"student-{index}": 7.0 for index in range(6)}


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, path.read_text().split()):
            found |= {child} | descendants(child)
    return found


def test_a_process_of_the_grader_that_is_killed_costs_nobody_a_mark(course, hand_in):
    """Its running submission is taken over by another process."""
    for index in range(6):
        hand_in(f"student-{index}", SLOW)
    command = [sys.executable, "-m", "gradkit", "grade", "ps1", "--json-lines", "--jobs", "2"]
    with subprocess.Popen(command, cwd=course.root, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        lines = [run.stdout.readline()]
        grader = next(
            pid for path in Path(f"/proc/{run.pid}/task").glob("*/children") for pid in path.read_text().split()
        )
        os.kill(int(grader), signal.SIGKILL)
        lines += list(run.stdout)
    assert run.returncode == 0
    assert marks_of(course) == {f"student-{index}": 7.0 for index in range(6)}


def test_a_terminal_shows_rate_and_time_left_and_a_file_nothing_of_it(course, hand_in, gradkit):
    """A bar while it works; the table alone where nobody watches."""
    for index in range(3):
        hand_in(f"student-{index}")
    main, side = pty.openpty()
    command = [sys.executable, "-m", "gradkit", "grade", "ps1"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "150"}
    with subprocess.Popen(command, cwd=course.root, stdout=side, stderr=side, env=environment) as run:
        os.close(side)
        shown = b""
        while True:
            try:
                part = os.read(main, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            shown += part
    os.close(main)
    text = shown.decode()
    assert run.returncode == 0
    assert "grading" in text
    assert re.search(r"\d\.\d/s", text)
    assert "3/3" in text
    quiet = gradkit("grade", "ps1", "--force")
    assert "3/3" not in quiet.stdout
    assert "3 graded in" in quiet.stdout
    assert quiet.stderr == ""


def test_hidden_tests_that_can_not_be_collected_stop_the_run(course, hand_in, gradkit):
    """Before anything is written, with the file and the fault."""
    hand_in("ann")
    (course.root / "autograder/ps1/test_sums.py").write_text("import nothing_of_this_name\n", "utf-8")
    done = gradkit("grade", "ps1")
    assert done.returncode == 2
    assert "test_sums.py" in done.stderr
    assert "nothing_of_this_name" in done.stderr
    assert not (course.root / "autograded").exists()
