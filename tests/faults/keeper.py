"""Starts commands as processes of its own, imports done before; tells how each ended and what it left running.

One JSON object a line comes in, and three go out for each: `pid`, then `status` when the process has ended, then `left` when
everything that it started has ended too. Who outlives a process becomes a child of this one, so nobody can be missed.

    {"argv": ["gradkit", "grade", "ps1"], "folder": "...", "output": "...", "at": 12, "signal": 9}

With `at` the process sends itself the signal at that step of its writing: a file of `folder` that is opened for writing,
renamed, changed or removed, a folder that is made or removed, a statement or a commit that goes to the gradebook. A process
that reaches its end writes into `steps` how many there were; no step is the 0th. `at` can also be the beginning of a step
upon a file, as in "os.chmod autograded/ada".
"""

import ctypes
import json
import os
import runpy
import signal
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 20
"""Seconds that the processes of one that was killed may take to be gone."""
IMPORTED = (
    "cli.progress",
    "cli.show",
    "grading.pool",
    "nbgrader_ext.autograded",
    "nbgrader_ext.desk",
    "nbgrader_ext.gradebook",
)
CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Steps:
    """Counts what this process changes below a folder and in the gradebook, and sends it a signal at one of these steps."""

    def __init__(self, folder: str, at: int | str, number: int) -> None:
        self.folder, self.at, self.number, self.done = folder, at, number, 0

    def watch(self) -> None:
        from sqlalchemy import event
        from sqlalchemy.engine import Engine

        sys.addaudithook(self._audit)
        for name in ("before_cursor_execute", "commit"):
            event.listen(Engine, name, self._step)

    def _audit(self, name: str, arguments: tuple[Any, ...]) -> None:
        path = arguments[0] if arguments else None
        changes = name in CHANGES or (name == "open" and arguments[2] & WRITING)
        if changes and isinstance(path, str | os.PathLike) and os.fspath(path).startswith(self.folder):
            self._step(what=f"{name} {os.path.relpath(path, self.folder)}")

    def _step(self, *_: Any, what: str = "") -> None:
        self.done += 1
        if self.done == self.at or (isinstance(self.at, str) and what.startswith(self.at)):
            self.at = 0  # once
            os.kill(os.getpid(), self.number)


def become(request: dict[str, Any]) -> None:
    """Turn into the command: its folder, its output, its arguments; never returns."""
    os.setsid()
    os.chdir(request["folder"])
    for number, name in ((0, os.devnull), (1, f"{request['output']}.out"), (2, f"{request['output']}.err")):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644), number)
    os.environ.update(request.get("environment", {}))
    tempfile.tempdir = None  # it was looked for in the environment of before
    program, *sys.argv[1:] = request["argv"]
    steps = Steps(request["folder"], request.get("at", 0), request.get("signal", signal.SIGKILL))
    if "at" in request:
        steps.watch()
    status = 0
    try:
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001  # told as the interpreter would tell it
        sys.excepthook(*sys.exc_info())
        status = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        Path(f"{request['output']}.steps").write_text(str(steps.done), "utf-8")
        os._exit(status)


def serve() -> None:
    """Answer requests until there are no more."""
    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if pid == 0:
            become(request)
        tell(pid=pid)
        tell(status=os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        tell(left=orphans())


def orphans() -> list[str]:
    """Wait for all that a process left running; returns the commands of those that don't end."""

    def give_up(*_: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        return []
    except TimeoutError:
        left = [command_of(pid) for pid in children()]
        end_all()
        return left
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def end_all() -> None:
    """Kill all children, and those that become ours by that, so that no test leaves anything behind."""
    while found := children():
        for pid in found:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def children() -> list[int]:
    """The processes that this one is the parent of."""
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split()]


def command_of(pid: int) -> str:
    """A process's command line."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")[:300]


def tell(**words: Any) -> None:
    """One line to the tests."""
    print(json.dumps(words), flush=True)


def main() -> None:
    """Import what the commands import, look for the sandbox once, and serve."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for name in IMPORTED:
        import_module(f"gradkit.{name}")
    import_module("gradkit.sandbox.probing").find_isolation()
    tell(ready=os.getpid())
    serve()


if __name__ == "__main__":
    main()
