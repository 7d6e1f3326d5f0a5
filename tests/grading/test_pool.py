"""Processes of the grader's own: as many as there is work for, the others copies of the first where that can be."""

import gc
import os
import signal
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from gradkit.errors import GradingError
from gradkit.grading.pool import MANY, WORTH, WORTH_COPYING, Pool, ProcessLost

HOST = """
import errno, os, signal, sys, threading, time
from pathlib import Path

COPIED = []

class Few(tuple):
    by_few = True

class Host:
    def __init__(self, kind):
        self.kind = kind

    def __call__(self, serve):
        if self.kind == "slow":
            os.register_at_fork(after_in_parent=lambda: time.sleep(0.05), after_in_child=lambda: time.sleep(0.05))
        if self.kind == "crowded":
            os.fork = self.refuse  # no limit on processes holds for root
        if self.kind == "threads":
            threading.Thread(target=time.sleep, args=[600], daemon=True).start()
        try:
            serve(self.work, None if self.kind == "plain" else self.copied)
        finally:
            if self.kind in ("copied", "plain"):
                time.sleep(0.6 if COPIED else 0.1)
                Path(os.environ["ENDED"], str(os.getpid())).touch()

    def __del__(self):
        if self.kind == "deaf":
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0)

    def refuse(self):
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    def copied(self):
        if self.kind == "can't":
            raise OSError("no second sandbox")
        COPIED.append(os.getpid())

    def work(self, task):
        what, folder = task
        if what == "who":
            return os.getpid(), os.getppid(), list(COPIED)
        if what == "stay":
            open(os.path.join(folder, str(os.getpid())), "w").close()
            time.sleep(600)
        if what == "deaf":
            Host("deaf")  # gone at once
            return os.getpid()
        if what == "gate":
            while not os.path.exists(folder):
                time.sleep(0.01)
            return os.getpid()
        if what == "fail":
            raise ValueError(f"in {os.getpid()}")
        open(os.path.join(folder, str(os.getpid())), "w").close()
        end = time.monotonic() + 60
        while len(os.listdir(folder)) < 2 and time.monotonic() < end:  # until another process is at work too
            time.sleep(0.01)
        return os.getpid(), os.getppid(), list(COPIED)
"""
DEAF = """
import os, signal, time

class Deaf:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0)

Deaf()
"""
NewPool = Callable[..., Pool]


@pytest.fixture
def new_pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[NewPool]:
    """Makes a pool of processes that tell who they are; `ended` has a file of each that could clean up."""
    for name in ("modules", "ended", "meeting"):
        (tmp_path / name).mkdir()
    (tmp_path / "modules/pool_host.py").write_text(HOST, "utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "modules"), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("ENDED", str(tmp_path / "ended"))
    monkeypatch.syspath_prepend(str(tmp_path / "modules"))
    import pool_host  # type: ignore[import-not-found]

    pools: list[Pool] = []

    def make(kind: str, jobs: int = 2) -> Pool:
        pools.append(Pool(pool_host.Host(kind), jobs))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


def meet(pool: Pool, folder: Path, number: int) -> dict[int, tuple[int, list[int]]]:
    """Do so many tasks, the first of which wait for one another: of each process its parent, and who knows to be a copy."""
    done, late = wait([pool.submit(("meet", str(folder))) for _ in range(number)], 90)
    assert not late
    return {number: (parent, copied) for number, parent, copied in (task.result() for task in done)}


def is_gone(number: int) -> bool:
    """Whether nothing is left of a process; it may take a moment."""
    end = time.monotonic() + 5
    while Path(f"/proc/{number}").exists() and time.monotonic() < end:
        time.sleep(0.02)
    return not Path(f"/proc/{number}").exists()


def children(of: int | None = None) -> set[int]:
    """Those of a process, by default of this one, and theirs, as far as this test started them: a browser of other tests may be there,
    and has some more now and then.
    """
    found: set[int] = set()
    for path in Path(f"/proc/{of or os.getpid()}/task").glob("*/children"):
        with suppress(OSError):
            found |= {int(number) for number in path.read_text("ascii").split()}
    return set(filter(is_of_this_test, found)).union(*map(children, found))


def is_of_this_test(number: int) -> bool:
    """By its environment. One that has ended and was not waited for has none, and counts where it was ours to wait for."""
    with suppress(OSError):
        environment = Path(f"/proc/{number}/environ").read_bytes()
        parent = Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[1]
        return os.environ["ENDED"].encode() in environment or (not environment and parent == str(os.getpid()))
    return False


def few(task: tuple[str, str]) -> Any:
    """The same as a task that few do."""
    import pool_host

    return pool_host.Few(task)


def wait_for(folder: Path, number: int) -> list[int]:
    end = time.monotonic() + 60
    while len(names := [path.name for path in folder.iterdir()]) < number and time.monotonic() < end:
        time.sleep(0.01)
    return [int(name) for name in names]


@pytest.mark.parametrize("kind", ["plain", "copied"])
def test_one_process_does_what_does_not_have_to_wait(new_pool: NewPool, kind: str) -> None:
    """However much it is, as when one student after the other is graded."""
    pool = new_pool(kind)
    assert len({pool.submit(("who", "")).result(60)[0] for _ in range(3 * WORTH)}) == 1


@pytest.mark.parametrize("kind", ["plain", "threads", "crowded", "can't"])
def test_another_process_begins_when_enough_has_waited(new_pool: NewPool, tmp_path: Path, kind: str) -> None:
    """It takes over a part of the work, and is a new one where a copy can't be made."""
    found = meet(new_pool(kind), tmp_path / "meeting", WORTH + 2)
    assert {parent for parent, _ in found.values()} == {os.getpid()}
    assert len(found) == 2


def test_another_process_is_a_copy(new_pool: NewPool, tmp_path: Path) -> None:
    """Of the first one, and it has been told."""
    found = meet(new_pool("copied"), tmp_path / "meeting", WORTH_COPYING + 2)
    (first,) = [number for number, (_, copied) in found.items() if not copied]
    (copy,) = set(found) - {first}
    assert found == {first: (os.getpid(), []), copy: (first, [copy])}


def test_what_is_busy_with_one_task_is_not_waited_for(new_pool: NewPool, tmp_path: Path) -> None:
    """A notebook that runs into its limits, say: the others are done by a new process meanwhile."""
    pool = new_pool("copied")
    long = pool.submit(("stay", str(tmp_path / "meeting")))
    (first,) = wait_for(tmp_path / "meeting", 1)
    done, late = wait([pool.submit(("who", "")) for _ in range(WORTH + 1)], 60)
    assert not late
    assert not long.done()
    ((other, parent),) = {task.result()[:2] for task in done}
    assert other != first
    assert parent == os.getpid()


def test_there_are_no_more_than_asked_for(new_pool: NewPool, tmp_path: Path) -> None:
    """However many tasks wait."""
    found = meet(new_pool("copied", 3), tmp_path / "meeting", 60)
    assert 2 <= len(found) <= 3


@pytest.mark.parametrize("kind", ["copied", "plain"])
def test_closing_lets_all_clean_up(new_pool: NewPool, tmp_path: Path, kind: str) -> None:
    """Nothing is left of them, and neither copies nor the first, nor one that was started later, were cut short."""
    pool = new_pool(kind)
    found = meet(pool, tmp_path / "meeting", WORTH + 2)
    began = time.monotonic()
    pool.close()
    assert time.monotonic() - began < 8
    assert set(wait_for(tmp_path / "ended", 2)) == set(found)
    assert all(map(is_gone, found))


def test_one_that_is_stopped_where_nothing_can_be_raised_cleans_up(
    new_pool: NewPool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Behind that, and without a word: what stops it is no fault."""
    pool = new_pool("plain")
    number = pool.submit(("deaf", "")).result(60)
    assert wait_for(tmp_path / "ended", 1) == [number]
    pool.close()
    assert capfd.readouterr().err == ""


def test_one_that_is_stopped_before_it_is_prepared_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where what it imports meanwhile ignores the stop; it does not wait for what prepares it."""
    (tmp_path / "deaf.py").write_text(DEAF, "utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("ENDED", str(tmp_path / "ended"))
    with Pool(None, 1, ["deaf"]):
        (number,) = children()
        end = time.monotonic() + 30
        while "Z" not in Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()[0]:
            assert time.monotonic() < end
            time.sleep(0.02)
    assert capfd.readouterr().err == ""


def test_one_that_takes_the_place_of_a_lost_one_cleans_up(new_pool: NewPool, tmp_path: Path) -> None:
    """Though it was started for a task, in a thread that ends before."""
    pool = new_pool("plain")
    os.kill(pool.submit(("who", "")).result(60)[0], signal.SIGKILL)
    number, _, _ = pool.submit(("who", "")).result(60)
    pool.close()
    assert wait_for(tmp_path / "ended", 1) == [number]


@pytest.mark.parametrize("kind", [tuple, few])
def test_closing_does_not_wait_for_tasks(new_pool: NewPool, tmp_path: Path, kind: Callable[[Any], Any]) -> None:
    """A copy in the middle of a task is ended too; what waits for one of few that do it is dropped."""
    pool = new_pool("copied")
    meet(pool, tmp_path / "meeting", WORTH_COPYING + 2)
    stays = tmp_path / "stays"
    stays.mkdir()
    tasks = [pool.submit(("stay", str(stays))) for _ in range(4)] + [pool.submit(kind(("stay", str(stays))))]
    numbers = wait_for(stays, 2)
    assert len(numbers) == 2
    pool.close()
    assert all(map(is_gone, numbers))
    for task in tasks:
        assert task.cancelled() or isinstance(task.exception(), GradingError)


def test_closing_at_any_moment_leaves_nothing(new_pool: NewPool) -> None:
    """Before there is a copy, while it is made, which takes a while here, and later: nobody waits for half a one."""
    for step in range(50):
        pool = new_pool("slow")
        for _ in range(2 * WORTH_COPYING):
            pool.submit(("who", ""))
        time.sleep(0.004 * step)
        numbers = children()
        began = time.monotonic()
        pool.close()
        assert time.monotonic() - began < 8
        assert all(map(is_gone, numbers))
        assert not children()


@pytest.mark.parametrize("which", ["copy", "first"])
def test_a_lost_process_costs_a_second_try(new_pool: NewPool, tmp_path: Path, which: str) -> None:
    """Of the task that it had: also where the copies of a process went with it."""
    pool = new_pool("copied")
    found = meet(pool, tmp_path / "meeting", WORTH_COPYING + 2)
    lost = next(number for number, (_, copied) in found.items() if bool(copied) == (which == "copy"))
    os.kill(lost, signal.SIGKILL)
    done, late = wait([pool.submit(("who", "")) for _ in range(6)], 60)
    assert not late
    assert lost not in {task.result()[0] for task in done}
    assert which == "copy" or is_gone(lost)  # a copy, of which its parent sees that it is gone, at the end


def test_a_task_that_ends_each_process_is_given_up(new_pool: NewPool, tmp_path: Path) -> None:
    """After its second try, by name."""
    pool = new_pool("copied")
    meet(pool, tmp_path / "meeting", WORTH_COPYING + 2)
    ends = tmp_path / "ends"
    ends.mkdir()
    task = pool.submit(("stay", str(ends)))
    for number in (1, 2):
        os.kill(max(wait_for(ends, number), key=lambda found: (ends / str(found)).stat().st_mtime_ns), signal.SIGKILL)
    with pytest.raises(ProcessLost, match="lost twice"):
        task.result(60)
    assert pool.submit(("who", "")).result(60)[0] not in wait_for(ends, 2)


def test_what_a_task_raises_is_raised(new_pool: NewPool, tmp_path: Path) -> None:
    """By a copy as by the first."""
    pool = new_pool("copied")
    found = meet(pool, tmp_path / "meeting", WORTH_COPYING + 2)
    for _ in range(4):
        with pytest.raises(ValueError, match="in ") as error:
            pool.submit(("fail", "")).result(60)
        assert int(str(error.value).removeprefix("in ")) in found


def processes_of(tasks: list[Any]) -> set[int]:
    """Who did them."""
    done, late = wait(tasks, 60)
    assert not late
    return {task.result()[0] for task in done}


def test_what_few_do_is_done_by_one(new_pool: NewPool, tmp_path: Path) -> None:
    """By the same each time, though another is idle; what any can do is done by both meanwhile."""
    pool = new_pool("copied")
    both = set(meet(pool, tmp_path / "meeting", WORTH_COPYING + 2))
    few_did: set[int] = set()
    for _ in range(5):
        tasks = [pool.submit(few(("who", ""))) for _ in range(MANY // 2)]
        again = tmp_path / f"again{len(list(tmp_path.iterdir()))}"
        again.mkdir()
        assert set(meet(pool, again, 4)) == both
        few_did |= processes_of(tasks)
    assert len(few_did) == 1


def test_what_few_do_is_done_by_more_where_many_wait(new_pool: NewPool, tmp_path: Path) -> None:
    """For one after the other there would be no end."""
    pool = new_pool("copied")
    both = set(meet(pool, tmp_path / "meeting", WORTH_COPYING + 2))
    (tmp_path / "again").mkdir()
    assert processes_of([pool.submit(few(("meet", str(tmp_path / "again")))) for _ in range(MANY + 2)]) == both


def test_what_few_do_comes_first(new_pool: NewPool, tmp_path: Path) -> None:
    """Where it waits together with other tasks; and each kind in its order."""
    pool, order = new_pool("copied", 1), list[str]()
    gate = pool.submit(("gate", str(tmp_path / "open")))
    tasks = []
    for name, task in (
        ("any 1", ("who", "")),
        ("few 1", few(("who", ""))),
        ("any 2", ("who", "")),
        ("few 2", few(("who", ""))),
    ):
        tasks.append(pool.submit(task))
        tasks[-1].add_done_callback(lambda _, name=name: order.append(name))
    (tmp_path / "open").touch()
    processes_of(tasks)
    assert gate.done()
    assert order == ["few 1", "few 2", "any 1", "any 2"]


def test_another_takes_the_place_of_one_of_the_few(new_pool: NewPool, tmp_path: Path) -> None:
    """Where that one was lost in the middle of such a task."""
    pool = new_pool("copied")
    meet(pool, tmp_path / "meeting", WORTH_COPYING + 2)
    (lost,) = processes_of([pool.submit(few(("who", "")))])
    os.kill(lost, signal.SIGKILL)
    found = processes_of([pool.submit(few(("who", ""))) for _ in range(MANY // 2)])
    assert len(found) == 1
    assert found != {lost}


def test_a_task_that_is_given_up_before_its_turn_holds_nothing_up(new_pool: NewPool, tmp_path: Path) -> None:
    """Nor is it done: it would stay."""
    pool = new_pool("copied", 1)
    pool.submit(("gate", str(tmp_path / "open")))
    given_up, other = pool.submit(("stay", str(tmp_path))), pool.submit(("who", ""))
    assert given_up.cancel()
    (tmp_path / "open").touch()
    assert processes_of([other]) == processes_of([pool.submit(("who", ""))])


def test_closing_lets_go_who_waits_for_one_of_few(new_pool: NewPool, tmp_path: Path) -> None:
    """Also where several do, with nothing to do for any."""
    pool = new_pool("copied", 4)
    meet(pool, tmp_path / "meeting", WORTH_COPYING + 2)
    stays = tmp_path / "stays"
    stays.mkdir()
    tasks = [pool.submit(few(("stay", str(stays)))) for _ in range(6)]
    wait_for(stays, 1)
    pool.close()
    assert all(task.cancelled() or isinstance(task.exception(), GradingError) for task in tasks)


def test_a_task_that_raised_goes_with_who_asked(new_pool: NewPool) -> None:
    """It is in no circle with its error, which the garbage collection would have to find, with all that was on the way."""
    pool = new_pool("copied", 1)
    task = pool.submit(("fail", ""))
    with pytest.raises(ValueError, match="in "):
        task.result(60)
    pool.close()
    gone = weakref.ref(task)
    gc.disable()
    try:
        del task
        assert gone() is None
    finally:
        gc.enable()
