"""A student's process is killed from outside, or ends itself, in the middle of a class."""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

SLOW = 'import ctypes, time; ctypes.CDLL(None).prctl(15, b"at work", 0, 0, 0); time.sleep(0.8)'
"""Gives the process a name that can be seen from outside, and time to be killed."""

IN_A_CALL = f"def add(a, b):\n    {SLOW}\n    return a + b"
IN_A_CELL = f"{SLOW}\nnumber = 2\n\ndef add(a, b):\n    return a + b + 0 * number"
ENDS_ITSELF = "import os\n\ndef add(a, b):\n    os._exit(0)"

places = pytest.mark.parametrize("source", [IN_A_CALL, IN_A_CELL], ids=["in a call", "in a cell"])


@pytest.fixture
def slow(judged: Any) -> Callable[[str], Any]:
    """A class of two, of whom ada hands in this for `sums`; all else is judged already."""

    def change(source: str) -> Any:
        judged.remove("cem")
        judged.hand_in("ada", sums=source)
        return judged

    return change


def kill_worker(running: Any) -> None:
    """Kill the student's process once it is at work, and wait until it is gone."""
    pid = running.worker("at work")
    handle = os.pidfd_open(pid)
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        running.wait_for(lambda: not running.is_alive(pid))
    finally:
        os.close(handle)


@places
def test_a_submission_whose_process_is_killed_is_begun_again(
    slow: Callable[[str], Any], whole_state: Callable[..., Any], source: str
) -> None:
    """Its marks, its record and its page are those of a run in which nobody killed anything."""
    classroom = slow(source)
    running = classroom.start("--student", "ada", "--seed", "5")
    kill_worker(running)
    ended = running.wait()
    assert (ended.status, ended.left) == (0, []), ended.error
    killed = whole_state(classroom.root)
    assert classroom.grade("--student", "ada", "--seed", "5", "--force").status == 0
    assert killed == whole_state(classroom.root)
    assert ("ada", "sums", "add", 3.0) in [row[:4] for row in killed["marks"]]


@places
def test_a_submission_that_is_killed_twice_is_set_aside(slow: Callable[[str], Any], source: str) -> None:
    """With a reason and without marks; the next student is graded, and the next run grades it."""
    classroom = slow(source)
    running = classroom.start()
    kill_worker(running)
    kill_worker(running)
    ended = running.wait()
    assert (ended.status, ended.left) == (1, [])
    assert "set aside: ada, sums: " in ended.output
    assert "killed" in ended.output.partition("set aside: ada, sums: ")[2]
    assert classroom.marks("ada")["add"] is None
    assert classroom.marks("ben")["add"] == 0.0
    assert classroom.grade().status == 0
    assert classroom.marks("ada")["add"] == 3.0


def test_a_submission_that_ends_its_own_process_is_set_aside(slow: Callable[[str], Any]) -> None:
    """It is listed with a reason that says so, and exit status 1; the next student is graded."""
    classroom = slow(ENDS_ITSELF)
    ended = classroom.grade()
    assert (ended.status, ended.left) == (1, [])
    reason = ended.output.partition("set aside: ada, sums: ")[2].partition("\n")[0]
    assert "ended" in reason
    assert "exit status 0" in reason
    assert classroom.marks("ada") == {"add": None, "add_why": None, "multiply": 4.0}
    assert classroom.marks("ben")["add"] == 0.0
