"""Processes of the grader's own, side by side: each prepares once, then does one task after the other.

They are trusted, and talk to their parent in pickles; students' code runs in the sandbox that each of them has. The first is
started and prepared; the others are copies of it where the system and the host allow, which takes a hundredth of the time.

A task whose class says `by_few = True` costs a process much the first time, and little from then on. Those who have done one do
the others too, before anything else; the rest do what there is besides.
"""

import math
import os
import queue
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from gradkit.errors import GradingError
from gradkit.grading.pool_process import Host, PoolProcess

WORTH = 8
"""Tasks that had to wait for each process but the first: preparing one takes about as long as eight notebooks."""
WORTH_COPYING = 4
"""The same where it is a copy. Of the first students' notebooks, which go ahead, not as many have to wait."""
BUSY_SECONDS = 0.5
"""After which a process is started where the one that it would be a copy of is busy with one task all the time."""
LOOK_SECONDS = 0.1
"""Between two looks at that."""
MANY = 24
"""Tasks by few that wait for each of those who do them, before another does: pages, of which 24 take 0.1 s, and the first 0.35 s."""

_Waiting = tuple[Any, "Future[Any]"]


def jobs_of_machine() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


class ProcessLost(GradingError):
    """A process of the grader's ended in the middle of a task, and so did the one that took the task over."""


class Pool:
    """Up to `jobs` processes that `host` prepares: one, and more as there is work for them. Close it, or use it in a `with`.

    `submit(task)` gives a Future; what raised in the process is raised there. A process that is lost costs its running task
    a second try in a new process; then the Future raises ProcessLost. What a process could not prepare is raised by each task.
    """

    def __init__(self, host: Host | None, jobs: int, ahead: Sequence[str] = ()) -> None:
        """Begin the first process at once; it imports the modules `ahead` until it knows its host."""
        self._host, self._jobs = host, jobs
        self._closing = threading.Event()
        self._state = threading.Condition()
        """Held by who looks at what is below, or changes it; told when there is another task, or a process for one."""
        self._by_any, self._by_few = deque[_Waiting](), deque[_Waiting]()
        self._few = 0
        """Those who do tasks by few."""
        self._open = self._waited = 0
        self._last_turn = math.inf  # none yet
        self._processes = [PoolProcess(ahead)]
        self._begun = 1
        if host is not None:
            self._processes[0].prepare(host)
        self._idle = [self._processes[0]]
        self._threads = ThreadPoolExecutor(jobs, "gradkit")
        self._wanted: queue.SimpleQueue[Future[PoolProcess] | None] = queue.SimpleQueue()
        """New processes that are waited for; None, the last, where there are to be no more."""
        self._made_last, self._all_gone = threading.Event(), threading.Event()
        # A daemon, so that a pool that nobody closed does not keep its parent from ending.
        self._more = threading.Thread(target=self._start_more, daemon=True)
        self._more.start()

    def __enter__(self) -> "Pool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def prepare(self, host: Host) -> None:
        """Say what prepares the processes, where that was not known at the beginning; once, and before the first task."""
        self._host = host
        self._processes[0].prepare(host)

    def submit(self, task: Any) -> "Future[Any]":
        """Do a task as soon as a process is free."""
        future: Future[Any] = Future()
        future.add_done_callback(self._count_down)
        with self._state:
            if self._closing.is_set():
                raise RuntimeError("the pool is closed")
            self._threads.submit(self._take_turn)
            self._waited += self._open >= len(self._processes)
            self._open += 1
            (self._by_few if getattr(task, "by_few", False) else self._by_any).append((task, future))
            self._state.notify()
        return future

    def _count_down(self, _: object) -> None:
        with self._state:
            self._open -= 1

    def _is_worth(self, waited: int) -> bool:
        """Whether tasks have waited long enough for one more process; then it is up to the caller to see that it begins."""
        with self._state:
            if self._closing.is_set() or self._begun >= self._jobs or self._waited < waited * self._begun:
                return False
            self._begun += 1
            return True

    def _add(self, first: PoolProcess) -> None:
        """One more process: a copy of one that is ready, or else a new one."""
        copy = first.copy()
        if copy is None:
            self._wanted.put(self._one_more())
        else:
            self._take_up(copy)
            self._free(copy)

    def _start_more(self) -> None:
        """Start what is wanted, and what is worth it where nobody can be copied. Stays until all of them are gone, since processes end
        with the thread that started them.
        """
        while True:
            try:
                wanted = self._wanted.get(timeout=LOOK_SECONDS if self._begun < self._jobs else None)
            except queue.Empty:
                if time.monotonic() - self._last_turn < BUSY_SECONDS or not self._is_worth(WORTH):
                    continue
                wanted = self._one_more()
            if wanted is None:
                break
            try:
                wanted.set_result(self._new())
            except OSError as error:  # too many processes
                wanted.set_exception(error)
        self._made_last.set()
        self._all_gone.wait()

    def _new(self) -> PoolProcess:
        process = PoolProcess()
        assert self._host is not None
        process.prepare(self._host)
        self._take_up(process)
        return process

    def _take_up(self, process: PoolProcess) -> None:
        with self._state:
            self._processes.append(process)

    def _one_more(self) -> "Future[PoolProcess]":
        """A process that is idle once there is one."""
        wanted: Future[PoolProcess] = Future()
        wanted.add_done_callback(self._take_in)
        return wanted

    def _take_in(self, wanted: "Future[PoolProcess]") -> None:
        if wanted.exception() is None:  # else those that there are do it
            self._free(wanted.result())

    def _another(self, lost: PoolProcess) -> PoolProcess:
        """A new process in place of one that is lost; raises GradingError where the pool is being closed, and what starting it raised."""
        wanted: Future[PoolProcess] = Future()
        with self._state:
            if self._closing.is_set():
                raise GradingError("stopped")
            self._wanted.put(wanted)
        process = wanted.result()
        process.is_one_of_few = lost.is_one_of_few
        return process

    def close(self) -> None:
        """End the processes, those that are busy too; tasks that wait are dropped."""
        with self._state:
            self._closing.set()
            self._wanted.put(None)
            self._state.notify_all()
        self._made_last.wait()
        for process in self._all():
            process.stop()
        self._threads.shutdown(cancel_futures=True)
        for _, future in (*self._by_few, *self._by_any):
            future.cancel()
        for process in self._all():  # also one that was just being made
            process.stop()
        for process in self._all():
            process.wait()
        self._processes.clear()
        self._all_gone.set()
        self._more.join()

    def _all(self) -> list[PoolProcess]:
        with self._state:
            return [*self._processes]

    def _free(self, process: PoolProcess) -> None:
        with self._state:
            self._idle.append(process)
            self._state.notify()

    def _take_turn(self) -> None:
        """Do one of the tasks; there is a turn for each."""
        found = None
        with self._state:
            while not self._closing.is_set() and (found := self._pair()) is None:
                self._state.wait()
        if found is None:
            return
        process, (task, future) = found
        if not future.set_running_or_notify_cancel():
            self._free(process)
            return
        try:
            value = self._do(process, task)
        except BaseException as error:  # noqa: BLE001  # it is raised where the task was submitted
            future.set_exception(error)
            del found, future  # the error's traceback holds this frame: with them, it would hold itself
        else:
            future.set_result(value)

    def _pair(self) -> "tuple[PoolProcess, _Waiting] | None":
        """A process that has nothing to do, and a task for it."""
        for process in self._idle:
            may_be = process.is_one_of_few or len(self._by_few) > MANY * self._few
            if may_be and self._by_few:
                self._few += not process.is_one_of_few
                process.is_one_of_few = True
                tasks = self._by_few
            elif self._by_any:
                tasks = self._by_any
            else:
                continue
            self._idle.remove(process)
            return process, tasks.popleft()
        return None

    def _do(self, process: PoolProcess, task: Any) -> Any:
        try:
            for last in (False, True):
                try:
                    process.wait_until_ready()
                    self._last_turn = time.monotonic()
                    if self._is_worth(WORTH_COPYING if process.can_be_copied else WORTH):
                        self._add(process)
                    return process.do(task)
                except (EOFError, ConnectionError) as error:
                    if self._closing.is_set():
                        raise GradingError("stopped") from error
                    with self._state:
                        self._processes.remove(process)
                    reason = process.wait()
                    process = self._another(process)
                    if last:
                        raise ProcessLost(f"a process of the grader was lost twice ({reason}); grade again") from error
        finally:
            self._free(process)
