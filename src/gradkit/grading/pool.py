"""Processes of the grader's own, side by side: each prepares once, then does one task after the other.

They are trusted, and talk to their parent in pickles; students' code runs in the sandbox that each of them has.
"""

import gc
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection, Pipe
from typing import Any, Protocol

from gradkit.errors import GradingError, GradkitError
from gradkit.sandbox.enter import keep_memory

LOOK_SECONDS = 0.1
GONE_SECONDS = 10.0
"""Time that a process has to close its sandbox before it is killed."""
WORTH = 8
"""Tasks that had to wait for each process but the first: preparing one takes about as long as eight notebooks."""


ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Each processor has a process of its own; a library's threads would only take it from another."""


class Host(Protocol):
    """Prepares a process: calls `serve` with what does a task, and cleans up behind it. Has to be picklable."""

    def __call__(self, serve: Callable[[Callable[[Any], Any]], None]) -> None: ...


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
        self._host, self._idle = host, queue.SimpleQueue[_Process]()
        self._closing = threading.Event()
        self._counting = threading.Lock()
        self._open = self._waited = 0
        self._processes = [_Process(ahead)]
        if host is not None:
            self._processes[0].prepare(host)
        self._idle.put(self._processes[0])
        self._threads = ThreadPoolExecutor(jobs, "gradkit")
        # A daemon, so that a pool that nobody closed does not keep its parent from ending.
        self._more = threading.Thread(target=self._start_more, args=[self._processes[0], jobs - 1], daemon=True)
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

    def _start_more(self, first: "_Process", number: int) -> None:
        """Start the others when the first is ready, which they would only keep from beginning, and as tasks have waited.
        Stays, since they end with the thread that started them.
        """
        while not (self._closing.is_set() or first.is_ready(LOOK_SECONDS)):
            pass
        for others in range(number):
            while self._waited < WORTH * (others + 1):
                if self._closing.wait(LOOK_SECONDS):
                    return
            if self._closing.is_set():
                return
            process = self._another()
            self._idle.put(process)
        self._closing.wait()

    def _another(self) -> "_Process":
        process = _Process()
        assert self._host is not None
        process.prepare(self._host)
        self._processes.append(process)
        return process

    def close(self) -> None:
        """End the processes, those that are busy too; tasks that wait are dropped."""
        self._closing.set()
        self._more.join()
        for process in self._processes:
            process.stop()
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.wait()

    def _do(self, task: Any) -> Any:
        process = self._idle.get()
        try:
            for last in (False, True):
                try:
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


class _Process:
    """One of them, as its parent sees it."""

    def __init__(self, ahead: Sequence[str] = ()) -> None:
        self._ready = False
        self._connection, theirs = Pipe()
        command = [
            sys.executable,
            "-P",
            "-c",
            "from gradkit.grading.pool import main; main()",
            str(theirs.fileno()),
            *ahead,
        ]
        with theirs:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, **ONE_THREAD},
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def prepare(self, host: Host) -> None:
        """Have it prepared; once."""
        with suppress(OSError):  # gone already: found out by the first task
            self._connection.send(host)

    def is_ready(self, seconds: float) -> bool:
        """Whether it says something within this time, which may be that it can't be prepared; or is gone."""
        try:
            return self._ready or self._connection.poll(seconds)
        except OSError:
            return True

    def do(self, task: Any) -> Any:
        """The task's value; raises what the task raised, and EOFError or ConnectionError where the process is lost."""
        if not self._ready:
            self._connection.recv()
            self._ready = True
        self._connection.send(task)
        done, value = self._connection.recv()
        if not done:
            raise value
        return value

    def stop(self) -> None:
        """Ask it to end, whatever it does."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    def wait(self) -> str:
        """See that it is gone; how it ended, in words."""
        try:
            status = self._process.wait(GONE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._connection.close()
        return f"signal {-status}" if status < 0 else f"exit status {status}"


def main() -> None:
    """Be one of the processes, until the parent is gone or says so."""
    gc.disable()  # until it is ready: modules make many objects and leave next to none behind
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who ends this one in order
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _end_with_parent()
    keep_memory()
    connection = Connection(int(sys.argv[1]))

    def serve(do: Callable[[Any], Any]) -> None:
        connection.send(None)  # ready
        gc.freeze()  # what stays for ever need not be looked through again and again
        gc.enable()
        while True:
            task = connection.recv()
            try:
                answer = (True, do(task))
            except Exception as error:  # noqa: BLE001  # it is raised again where the task was submitted
                answer = (False, _portable(error))
            connection.send(answer)

    with suppress(KeyboardInterrupt, EOFError, ConnectionError):
        for module in sys.argv[2:]:
            if not connection.poll():
                import_module(module)
        host: Host = connection.recv()
        try:
            host(serve)
        except Exception as error:  # noqa: BLE001  # each task tells it
            connection.send(None)
            while connection.recv():
                connection.send((False, _portable(error)))
    os._exit(0)  # what has to be closed is; taking the interpreter apart would keep the parent waiting


def _end_with_parent() -> None:
    """Where the system can: a parent that was killed can't say anything any more."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)


def _portable(error: Exception) -> Exception:
    """The exception, if it can be sent; else one that says the same."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001  # whatever is wrong with it
        kind = GradkitError if isinstance(error, GradkitError) else RuntimeError
        return kind(f"{type(error).__name__}: {error}")
    return error
