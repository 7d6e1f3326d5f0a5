"""Processes of the grader's own: as many as there is work for."""

import os
from collections.abc import Iterator
from concurrent.futures import wait
from pathlib import Path

import pytest

from gradkit.grading.pool import WORTH, Pool

HOST = """
import os, time

class Host:
    def __call__(self, serve):
        serve(self.work)

    def work(self, folder):
        if folder is None:
            return os.getpid()
        open(os.path.join(folder, str(os.getpid())), "w").close()
        end = time.monotonic() + 60
        while len(os.listdir(folder)) < 2 and time.monotonic() < end:  # until another process is at work too
            time.sleep(0.01)
        return os.getpid()
"""


@pytest.fixture
def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    """Up to two processes that tell who they are."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules/pool_host.py").write_text(HOST, "utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "modules"), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.syspath_prepend(str(tmp_path / "modules"))
    import pool_host  # type: ignore[import-not-found]

    with Pool(pool_host.Host(), 2) as pool:
        yield pool


def test_one_process_does_what_does_not_have_to_wait(pool: Pool) -> None:
    """However much it is, as when one student after the other is graded."""
    assert len({pool.submit(None).result(60) for _ in range(3 * WORTH)}) == 1


def test_another_process_begins_when_enough_has_waited(pool: Pool, tmp_path: Path) -> None:
    """It takes over a part of the work."""
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    tasks = [pool.submit(str(meeting)) for _ in range(WORTH + 1)]
    done, late = wait(tasks, 90)
    assert not late
    assert len({task.result() for task in done}) == 2
