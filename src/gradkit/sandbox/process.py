"""One student process in its sandbox: start it, ask it, end it. Knows the wire and the deadlines, no notebooks."""

import contextlib
import os
import secrets
import select
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import IO, Any

from gradkit.errors import SandboxError
from gradkit.sandbox import isolation, wire
from gradkit.sandbox.isolation import Isolation
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.starting import START_SECONDS, Inner, start
from gradkit.sandbox.surroundings import Surroundings

_SPARE_BODY = 1 << 20


class StudentProcess:
    """A worker behind a pipe. Everything it says is untrusted data."""

    def __init__(self, limits: Limits, surroundings: Surroundings, isolated: Isolation) -> None:
        self.limits = limits
        self.surroundings = surroundings
        self.isolation = isolated
        self.max_body = int(limits.reply_mb * 2**20)
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._inner: Inner | None = None
        self._stopped = False
        self._status: int | None = None
        self._process = self._spawn()
        self._channel = wire.Channel(*self._pipes(), max_body=self.max_body + _SPARE_BODY)
        self._begin()

    def ask(
        self, operation: str, seconds: float, chunks: list[bytes] | None = None, **fields: Any
    ) -> tuple[dict[str, Any], memoryview]:
        """Send one request and wait for its reply.

        Raises WireError: ChannelTimeout after `seconds`, ChannelClosed when the process ended, WireError itself when
        what came is no reply to this request. After any of them the process is of no more use: `stop` it.
        """
        number = self._new_number()
        deadline = time.monotonic() + seconds
        self._channel.send({"op": operation, "seq": number, **fields}, chunks or [], deadline)
        reply, body = self._channel.receive(deadline)
        if reply.get("seq") != number or type(reply.get("seq")) is not int:
            raise wire.WireError("a reply to no question")
        return reply, body

    def _new_number(self) -> int:
        """Of a request; drawn, so that a reply can't be written before its question has come."""
        return secrets.randbelow(1 << 53)

    def stop(self) -> int | None:
        """Kill everything in the sandbox and return how the process had ended: its exit status, 128 + a signal, or None.

        None means that it was still running. Pid 1 of the namespace is killed first: the kernel then kills all
        others, whatever they did to their signals.
        """
        if self._stopped:
            return self._status
        self._stopped, self._status = True, self._ended()
        status = self._status
        if self._inner is not None:  # whatever the status: it may have been made up by what took over pid 1
            self._inner.kill()
        if self.isolation.tier == "none":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        if self._folder is not None:
            self._folder.cleanup()
        return status

    def _ended(self) -> int | None:
        """The exit status, given a moment to arrive where the pipe closed first."""
        closed = select.poll()
        closed.register(self._process.stdout.fileno(), 0)  # type: ignore[union-attr]
        if not closed.poll(0):
            return None
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = self._process.wait(timeout=1.0)
            return status if status >= 0 else 128 - status
        return None

    def _spawn(self) -> "subprocess.Popen[bytes]":
        settings = isolation.settings_of(self.isolation, self.limits, self.surroundings)
        settings["max_body"] = self.max_body + _SPARE_BODY
        if self.isolation.tier == "none":
            self._folder = tempfile.TemporaryDirectory(prefix="gradkit-")
        folder = Path(self._folder.name) if self._folder is not None else None
        started = start(self.isolation, self.surroundings, settings, self._stderr, folder)
        self._inner = started.inner
        return started.process

    def _pipes(self) -> tuple[int, int]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdout.fileno(), self._process.stdin.fileno()

    def _begin(self) -> None:
        try:
            self.ask(
                "start",
                START_SECONDS,
                output=int(self.limits.output_kb * 1024),
                forbidden=list(self.surroundings.forbidden_modules),
            )
        except wire.WireError as error:
            self._stderr.seek(0)
            said = self._stderr.read(4000).decode("utf-8", "replace").strip().splitlines()
            self.stop()
            raise SandboxError(f"the sandbox did not start ({error}): {said[-1] if said else 'no message'}") from error
        if self._inner is not None:  # now, because the worker would have inherited it before
            self._inner.confine()
