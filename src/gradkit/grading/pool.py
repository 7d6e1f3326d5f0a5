"""Processes of the grader's own, side by side: each prepares once, then does one task after the other.

They are trusted, and talk to their parent in pickles; students' code runs in the sandbox that each of them has. The first is
started and prepared; the others are copies of it where the system and the host allow, which takes a hundredth of the time.
"""

import math
import os
import queue
import sys
import threading
import time
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
        self._host, self._idle, self._jobs = host, queue.SimpleQueue[PoolProcess](), jobs
        self._closing = threading.Event()
        self._counting = threading.Lock()
        self._open = self._waited = 0
        self._last_turn = math.inf  # none yet
        self._processes = [PoolProcess(ahead)]
        self._begun = 1
        if host is not None:
            self._processes[0].prepare(host)
        self._idle.put(self._processes[0])
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
        with self._counting:
            self._waited += self._open >= len(self._processes)
            self._open += 1
        future = self._threads.submit(self._do, task)
        future.add_done_callback(self._count_down)
        return future

    def _count_down(self, _: object) -> None:
        with self._counting:
            self._open -= 1

    def _is_worth(self, waited: int) -> bool:
        """Whether tasks have waited long enough for one more process; then it is up to the caller to see that it begins."""
        with self._counting:
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
            self._processes.append(copy)
            self._idle.put(copy)

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
        self._processes.append(process)
        return process

    def _one_more(self) -> "Future[PoolProcess]":
        """A process that is idle once there is one."""
        wanted: Future[PoolProcess] = Future()
        wanted.add_done_callback(self._take_in)
        return wanted

    def _take_in(self, wanted: "Future[PoolProcess]") -> None:
        if wanted.exception() is None:  # else those that there are do it
            self._idle.put(wanted.result())

    def _another(self) -> PoolProcess:
        """A new process in place of one that is lost; raises GradingError where the pool is being closed, and what starting it raised."""
        wanted: Future[PoolProcess] = Future()
        with self._counting:
            if self._closing.is_set():
                raise GradingError("stopped")
            self._wanted.put(wanted)
        return wanted.result()

    def close(self) -> None:
        """End the processes, those that are busy too; tasks that wait are dropped."""
        with self._counting:
            self._closing.set()
            self._wanted.put(None)
        self._made_last.wait()
        for process in self._processes:
            process.stop()
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:  # also one that was just being made
            process.stop()
        for process in self._processes:
            process.wait()
        self._processes.clear()
        self._all_gone.set()
        self._more.join()

    def _do(self, task: Any) -> Any:
        process = self._idle.get()
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
                    reason = process.wait()
                    self._processes.remove(process)
                    process = self._another()
                    if last:
                        raise ProcessLost(f"a process of the grader was lost twice ({reason}); grade again") from error
        finally:
            self._idle.put(process)
