"""One of a pool's processes, from both of its ends: as its parent sees it, and what it does itself."""

import gc
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from multiprocessing.connection import Connection, Pipe
from multiprocessing.reduction import recv_handle, send_handle
from pathlib import Path
from typing import Any, Protocol

from gradkit.errors import GradkitError
from gradkit.sandbox.alarm import end_with_parent, uninterrupted
from gradkit.sandbox.ending import ends_within, has_ended
from gradkit.sandbox.enter import keep_memory

GONE_SECONDS = 10.0
"""Time that a process has to close its sandbox before it is killed."""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Each processor has a process of its own; a library's threads would only take it from another."""


class Serve(Protocol):
    """Does tasks by `do` until the parent is gone. In a copy of the process `copied` is called first, to part with what it can't
    share; without it no copies are made.
    """

    def __call__(self, do: Callable[[Any], Any], copied: Callable[[], None] | None = None) -> None: ...


class Host(Protocol):
    """Prepares a process: calls `serve` with what does a task, and cleans up behind it. Has to be picklable."""

    def __call__(self, serve: Serve) -> None: ...


class PoolProcess:
    """One of them, as its parent sees it."""

    can_be_copied = False
    is_one_of_few = False
    """Whether it does tasks that few do."""
    _stopped = False

    def __init__(self, ahead: Sequence[str] = ()) -> None:
        self._ready = False
        self._connection, theirs = Pipe()
        command = [
            sys.executable,
            "-P",
            "-c",
            "from gradkit.grading.pool_process import main; main()",
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

    def wait_until_ready(self) -> None:
        """Until it is prepared, or says that it can't be; raises EOFError or ConnectionError where it is lost."""
        if not self._ready:
            self.can_be_copied = self._connection.recv()
            self._ready = True

    def copy(self) -> "_Copy | None":
        """A copy of this one, which has nothing to do; None where it can't be made. Raises what `wait_until_ready` does."""
        if not self.can_be_copied:
            return None
        try:
            ours, theirs = Pipe()
        except OSError:  # too many files
            return None
        with theirs:
            self._connection.send(_COPY)
            send_handle(self._connection, theirs.fileno(), 0)  # the number of the process is of no use here
        number = self._connection.recv()
        try:
            return None if number is None else _Copy(ours, os.pidfd_open(number))
        except OSError:  # the same; the copy ends with its connection
            ours.close()
            return None

    def do(self, task: Any) -> Any:
        """The task's value; raises what the task raised, and EOFError or ConnectionError where the process is lost."""
        self._connection.send(task)
        done, value = self._connection.recv()
        if not done:
            raise value
        return value

    def stop(self) -> None:
        """Ask it to end, whatever it does; once, since a second time would keep it from cleaning up."""
        if not self._stopped:
            self._stopped = True
            with suppress(ProcessLookupError):
                self._terminate()

    def _terminate(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def wait(self) -> str:
        """See that it is gone; how it ended, in words."""
        if not ends_within(self._process, GONE_SECONDS):
            self._process.kill()
        status = self._process.wait()
        self._connection.close()
        return f"signal {-status}" if status < 0 else f"exit status {status}"


class _Copy(PoolProcess):
    """A copy of another, which is its parent; `handle` is the kernel's name for it."""

    def __init__(self, connection: Connection, handle: int) -> None:
        self._connection, self._handle = connection, handle
        self._ready = self.can_be_copied = True

    def _terminate(self) -> None:
        signal.pidfd_send_signal(self._handle, signal.SIGTERM)

    def wait(self) -> str:
        if not has_ended(self._handle, GONE_SECONDS):
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        os.close(self._handle)
        self._connection.close()
        return "it ended"


class _Copying:
    """A task: make a copy of the process, with the connection that comes behind it."""


_COPY = _Copying()


def main() -> None:
    """Be one of the processes, until the parent is gone or says so."""
    gc.disable()  # until it is ready: modules make many objects and leave next to none behind
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's, who ends this one in order
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    end_with_parent()
    keep_memory()
    connection, is_copy = Connection(int(sys.argv[1])), False
    ignored_stops = _note_ignored_stops()

    def hear() -> Any:
        if ignored_stops:
            raise KeyboardInterrupt
        return connection.recv()

    def serve(do: Callable[[Any], Any], copied: Callable[[], None] | None = None) -> None:
        nonlocal connection, is_copy
        connection.send(copied is not None and _has_handles())  # ready
        gc.freeze()  # what stays for ever need not be looked through again and again
        gc.enable()
        while True:
            task = hear()
            if copied is not None and isinstance(task, _Copying):
                with uninterrupted():  # half a copy would be waited for
                    connection, is_new = _copy(connection)
                is_copy = is_copy or is_new
                if is_new:
                    copied()
                continue
            try:
                answer = (True, do(task))
            except Exception as error:  # noqa: BLE001  # it is raised again where the task was submitted
                answer = (False, _portable(error))
            connection.send(answer)

    with suppress(KeyboardInterrupt, EOFError, ConnectionError):
        for module in sys.argv[2:]:
            if not connection.poll():
                import_module(module)
        host: Host = hear()
        try:
            host(serve)
        except Exception as error:
            if is_copy:  # then the end of the connection tells it
                raise EOFError from error
            connection.send(False)
            while hear():
                connection.send((False, _portable(error)))
    connection.close()
    with suppress(ChildProcessError):  # the end of this process would cut its copies short
        while True:
            os.wait()
    os._exit(0)  # what has to be closed is; taking the interpreter apart would keep the parent waiting


def _note_ignored_stops() -> list[type[BaseException]]:
    """Has an entry for each stop that comes where Python lets nothing be raised, as in a weak reference's callback in an import."""
    stops: list[type[BaseException]] = []

    def note(ignored: Any) -> None:
        if issubclass(ignored.exc_type, KeyboardInterrupt):
            stops.append(ignored.exc_type)
        else:
            sys.__unraisablehook__(ignored)

    sys.unraisablehook = note
    return stops


def _copy(connection: Connection) -> tuple[Connection, bool]:
    """Make a copy of this process: the connection that is one's own from here on, and whether one is the copy."""
    handle, parent = recv_handle(connection), os.getpid()
    number = _fork()
    if number != 0:
        os.close(handle)
        connection.send(number)
        return connection, False
    os.setsid()
    end_with_parent()
    if os.getppid() != parent:  # it was gone before
        os._exit(1)
    connection.close()
    return Connection(handle), True


def _fork() -> int | None:
    """As os.fork; None where there can't be one more process, or where this one has other threads, whose locks would be locked in
    the copy for ever.
    """
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        return None
    try:
        return os.fork()
    except OSError:
        return None


def _has_handles() -> bool:
    """Whether the system has handles of processes, by which one that is not a child can be ended."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return sys.platform == "linux"


def _portable(error: Exception) -> Exception:
    """The exception, if it can be sent; else one that says the same."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001  # whatever is wrong with it
        kind = GradkitError if isinstance(error, GradkitError) else RuntimeError
        return kind(f"{type(error).__name__}: {error}")
    return error
