"""The trusted end of a sandbox's server: start it, have a process forked for each submission, learn how that one ended."""

import array
import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from gradkit.errors import SandboxError
from gradkit.sandbox import isolation, processors
from gradkit.sandbox.alarm import uninterrupted
from gradkit.sandbox.ending import ends_within, has_ended
from gradkit.sandbox.isolation import Isolation
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.probing import find_isolation
from gradkit.sandbox.starting import GONE_SECONDS, START_SECONDS, Started, start
from gradkit.sandbox.surroundings import Surroundings

END_SECONDS = 0.5
"""In which a server may end by itself."""
_PIPE_BYTES = 1 << 20
_CPU_SPARE = 0.2  # seconds; the kernel counts processor time in ticks


def _pipe() -> tuple[int, int]:
    """A pipe with room for most messages, where the system has it: each time that it is full, two processes take turns."""
    ends = os.pipe()
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            fcntl.fcntl(ends[1], fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return ends


class Forked:
    """A process of the server's. `handle` is the kernel's own name for it (a pidfd), -1 where there are none."""

    def __init__(self, server: "ForkServer", pid: int, handle: int, pipe: tuple[int, int]) -> None:
        self.read_fd, self.write_fd = pipe
        self._server, self._pid, self._handle, self._generation = server, pid, handle, server.generation

    def has_ended(self, seconds: float) -> bool:
        """Whether it ends within this time, by itself."""
        return self._handle >= 0 and has_ended(self._handle, seconds)

    def kill(self) -> None:
        """End it, and with it all that is in its namespace; what it did to its signals does not matter."""
        if self._handle >= 0:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(self._handle, signal.SIGKILL)
        if self._server.isolation.tier == "none":  # the number is ours too, and nobody else's until it is asked for
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._pid, signal.SIGKILL)

    def close(self) -> tuple[int, float] | None:
        """Forget it: its exit status, or 128 + a signal, and its seconds of processor time; None where nobody knows."""
        ended = self._handle < 0 or self.has_ended(GONE_SECONDS)
        known = self._server.ask_end(self._pid) if ended and self._server.generation == self._generation else None
        for fd in (self.read_fd, self.write_fd, self._handle):
            if fd >= 0:
                os.close(fd)
        self._server.leave()
        return known


@dataclass
class ForkServer:
    """A sandbox in which numpy, IPython and what notebooks import are loaded once; each submission is a fork of it.

    Starts when it is first needed, and again when it was lost. `fork` gives a process that sees neither the server nor its
    siblings and has no more rights than one that was started alone. Close it, or use it in a `with`.
    """

    limits: Limits = field(default_factory=Limits)
    surroundings: Surroundings = field(default_factory=Surroundings)
    isolation: Isolation = field(default_factory=find_isolation)

    def __post_init__(self) -> None:
        self.generation = 0
        self._forked = 0
        self._taught = False
        self._processor: int | None = None
        self._allowed: processors.Processors = set()
        self._started: Started | None = None
        self._control: socket.socket | None = None
        self._stderr: IO[bytes] | None = None
        self._folder: Path | None = None

    def __enter__(self) -> "ForkServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def max_body(self) -> int:
        """Bytes of arrays that one call may return."""
        return int(self.limits.reply_mb * 2**20)

    def fork(self) -> Forked:
        """A process for one submission; raises SandboxError, with what the server said, where none can be had."""
        self.start()
        to_child, to_grader = _pipe(), _pipe()
        processor = self._share()
        try:
            self._teach()
            answer, handles = self._ask({"do": "fork", "processor": processor}, (to_child[0], to_grader[1]))
        except OSError as error:
            for fd in (to_child[1], to_grader[0]):
                os.close(fd)
            said = self.said()
            self.leave()
            self.close()
            raise SandboxError(f"the sandbox did not start ({error}): {said}") from error
        finally:
            os.close(to_child[0])
            os.close(to_grader[1])
        return Forked(self, int(answer["pid"]), next(iter(handles), -1), (to_grader[0], to_child[1]))

    def _teach(self) -> None:
        """Once a server is ready, and before it forks: the cells that it may prepare for."""
        if not self._taught:
            self._ask({"do": "learn", "cells": self.surroundings.given})
            self._taught = True

    def _share(self) -> int | None:
        """Stay on one processor while there are forks: this thread and they take turns. Its number, where there is one."""
        if not self._forked:
            self._processor, self._allowed = processors.stay_on_one()
        self._forked += 1
        return self._processor

    def leave(self) -> None:
        """One of the forks is gone; after the last this thread may be on any processor again."""
        self._forked -= 1
        if not self._forked:
            processors.allow(self._allowed)

    def ask_end(self, pid: int) -> tuple[int, float] | None:
        """How a process that has ended did so, and its seconds of processor time; None where the server is lost."""
        try:
            answer, _ = self._ask({"do": "end", "pid": pid})
        except OSError:
            self.close()
            return None
        code, seconds = os.waitstatus_to_exitcode(answer["status"]), float(answer["seconds"])
        if code == -signal.SIGKILL and seconds >= self.limits.cpu_seconds - _CPU_SPARE:
            code = -signal.SIGXCPU  # the first process of a namespace ignores the warning, so the kernel kills it
        return code if code >= 0 else 128 - code, seconds

    def said(self) -> str:
        """The last line that the server, or a process that could not begin, has written."""
        if self._stderr is None:
            return "no message"
        self._stderr.seek(0)
        lines = self._stderr.read(4000).decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "no message"

    def close(self) -> None:
        """End the server and every process that it forked; it may begin again, in the next generation."""
        self.generation += 1
        self._taught = False
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._started is not None:
            ends_within(self._started.process, END_SECONDS)  # in order, so that its times are known; then by force
            if self._started.inner is not None:
                self._started.inner.kill()
            if self.isolation.tier == "none":
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._started.process.pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                self._started.process.kill()
            self._started.process.wait()
            self._started = None
        if self._stderr is not None:
            self._stderr.close()
            self._stderr = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def begin_anew(self) -> None:
        """In a copy of the process that started the server: leave it to that one, and start one of our own."""
        self.generation += 1
        self._taught = False
        if self._started is not None:
            self._started.leave()
        for mine in (self._control, self._stderr):
            if mine is not None:
                mine.close()
        self._started = self._control = self._stderr = self._folder = None
        self.start()

    def start(self) -> None:
        """Begin, if it has not yet; it is ready some time later, and `fork` waits for that."""
        if self._control is not None:
            return
        settings = isolation.settings_of(self.isolation, self.limits, self.surroundings)
        if self.isolation.tier == "none":
            self._folder = Path(tempfile.mkdtemp(prefix="gradkit-"))
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the server
        self._control, theirs = socket.socketpair()
        with theirs:
            streams = (theirs.fileno(), subprocess.DEVNULL, self._stderr)
            with uninterrupted(orphaned=self.close):  # half a bubblewrap waits for its other half
                self._started = start(self.isolation, self.surroundings, settings, streams, self._folder)

    def _ask(self, request: dict[str, Any], fds: tuple[int, ...] = ()) -> tuple[dict[str, Any], list[int]]:
        """Send a request and wait for its answer; raises OSError where none comes."""
        assert self._control is not None
        self._control.settimeout(START_SECONDS)
        deadline = time.monotonic() + START_SECONDS
        line = json.dumps(request).encode() + b"\n"
        if fds:  # a short line, which is sent whole
            self._control.sendmsg([line], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])
        else:
            self._control.sendall(line)
        line, handles = b"", []
        while not line.endswith(b"\n"):
            part, received, _, _ = socket.recv_fds(self._control, 4096, 1)
            handles += received
            if not part or time.monotonic() > deadline:
                raise ConnectionResetError("it ended")
            line += part
        return json.loads(line), handles
