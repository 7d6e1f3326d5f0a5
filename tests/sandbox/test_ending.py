"""A process that ends in time is known to have ended, with its status; one that doesn't is left alone."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gradkit.sandbox.ending import ends_within

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture(params=["handles", "no handles", "no such call"])
def start(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a shell with a script, on systems with and without handles of processes."""
    if request.param == "no handles":
        monkeypatch.setattr(os, "pidfd_open", refuse)
    if request.param == "no such call":
        monkeypatch.delattr(os, "pidfd_open")
    started = []

    def run(script: str) -> "subprocess.Popen[bytes]":
        started.append(subprocess.Popen(["sh", "-c", script], stdin=subprocess.PIPE))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def refuse(_: int) -> int:
    """As a system does that has no room for one more."""
    raise OSError(24, os.strerror(24))


@pytest.mark.parametrize(("script", "status"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", -9)])
def test_one_that_ends(start: Start, script: str, status: int) -> None:
    """Asked before or behind its end, and as often as one likes."""
    process = start(f"read line; {script}")
    assert not ends_within(process, 0)
    assert process.stdin is not None
    process.stdin.close()
    assert ends_within(process, 60)
    assert process.returncode == status
    assert ends_within(process, 0)


def test_one_that_does_not_end(start: Start) -> None:
    """It goes on, and what it has is still there."""
    process = start("read line; exit 5")
    assert not ends_within(process, 0.2)
    assert process.communicate(b"go on\n")[0] is None
    assert process.returncode == 5


def test_no_handle_is_left_open() -> None:
    """Of a pool's processes there are many in a day."""
    before = open_files()
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        ends_within(process, 0)
        ends_within(process, 60)
    assert open_files() == before


def open_files() -> int:
    """How many this process has."""
    return len(list(Path("/proc/self/fd").iterdir()))
