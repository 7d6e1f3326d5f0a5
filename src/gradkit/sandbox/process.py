"""One student process in its sandbox: start it, ask it, end it. Knows the wire and the deadlines, no notebooks."""

import contextlib
import json
import os
import resource
import secrets
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from gradkit.errors import SandboxError
from gradkit.sandbox import bubblewrap, isolation, seccomp, wire
from gradkit.sandbox.isolation import Isolation
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.surroundings import Surroundings, environment

START_SECONDS = 60.0  # a loaded machine must not fail a student
GONE_SECONDS = 10  # to free a few gigabytes or some thousand files; the batch goes on all the same
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
        entered = enter(self.isolation, self.surroundings, settings, self._stderr, folder)
        self._inner = entered.inner
        return entered.process

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


@dataclass(frozen=True, slots=True)
class Entered:
    """A process on its way into a sandbox; `inner` is its namespace's first process."""

    process: "subprocess.Popen[bytes]"
    inner: "Inner | None" = None


class Inner:
    """The first process of a namespace, with which all others end. Held by the kernel's own handle, not by a number that
    another process may have later.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._handle = os.pidfd_open(pid)

    def kill(self) -> None:
        """End it and all that is in its namespace, and wait until the kernel has taken back what they had; once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            gone = select.poll()
            gone.register(self._handle, select.POLLIN)
            gone.poll(GONE_SECONDS * 1000)
        os.close(self._handle)

    def confine(self) -> None:
        """Limit it too: without root it has the worker's user id, and without Landlock the worker may write its memory."""
        for kind, value in ((resource.RLIMIT_AS, 64 << 20), (resource.RLIMIT_CPU, 5), (resource.RLIMIT_FSIZE, 1 << 20)):
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(self._pid, kind, (value, value))


def enter(
    isolated: Isolation,
    surroundings: Surroundings,
    settings: Mapping[str, Any],
    stderr: int | IO[bytes] = subprocess.PIPE,
    folder: Path | None = None,
) -> Entered:
    """Start the worker's entrance with the settings; where nothing isolates, in `folder`, with copies of the data files.

    Raises SandboxError where nothing could be started.
    """
    if isolated.tier == "A":
        return _enter_bubblewrap(isolated, surroundings, settings, stderr)
    command = [*isolation.worker_command(isolated), json.dumps(settings)]
    variables = {**environment(), "MPLCONFIGDIR": "/tmp"}  # no folder can be made, and this one is there
    place = next((path.parent for path in surroundings.data_files), Path("/"))
    if folder is not None:
        for path in surroundings.data_files:
            (folder / path.name).write_bytes(path.read_bytes())
        variables |= {"HOME": str(folder), "TMPDIR": str(folder), "IPYTHONDIR": f"{folder}/.ipython"}
        place = folder
    return Entered(_start(command, stderr, env=variables, cwd=place, start_new_session=True))


def _enter_bubblewrap(
    isolated: Isolation, surroundings: Surroundings, settings: Mapping[str, Any], stderr: int | IO[bytes]
) -> Entered:
    info_read, info_write = os.pipe()
    seccomp_fd = _memory_file(seccomp.build_filter())
    options = bubblewrap.build_options(surroundings, seccomp_fd, info_write, as_root=isolated.as_root)
    options_fd = _memory_file("\0".join(options).encode())  # not on the command line, which the inside can read
    worker = isolation.worker_command(isolated)
    command = [isolated.bwrap, "--args", str(options_fd), "--", *worker, json.dumps(settings)]
    passed = (seccomp_fd, info_write, options_fd)
    with os.fdopen(info_read, "rb") as info:
        try:
            process = _start(command, stderr, env={}, pass_fds=passed, **_other_user(isolated))
        finally:
            for fd in passed:
                os.close(fd)
        return Entered(process, _read_inner(info))


def _other_user(isolated: Isolation) -> dict[str, Any]:
    """Root that does not make the mounts itself starts bubblewrap as a user whom nobody else is."""
    if isolated.as_root or os.geteuid() != 0:
        return {}
    user = isolation.new_user()
    return {"user": user, "group": user, "extra_groups": []}


def _start(command: list[str], stderr: int | IO[bytes], **options: Any) -> "subprocess.Popen[bytes]":
    try:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, bufsize=0, **options
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise SandboxError(f"{command[0]} could not be started: {error}") from error


def _memory_file(content: bytes) -> int:
    """A file descriptor from which `content` can be read once."""
    fd = os.memfd_create("gradkit")
    os.write(fd, content)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _read_inner(info: IO[bytes]) -> Inner | None:
    """The sandbox's first process; None when bwrap gave up before it had one."""
    poll = select.poll()
    poll.register(info.fileno(), select.POLLIN)
    text = b""
    deadline = time.monotonic() + START_SECONDS
    while b"}" not in text and poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        part = os.read(info.fileno(), 4096)
        if not part:
            break
        text += part
    with contextlib.suppress(ValueError, KeyError, TypeError, ProcessLookupError):
        return Inner(int(json.loads(text)["child-pid"]))
    return None
