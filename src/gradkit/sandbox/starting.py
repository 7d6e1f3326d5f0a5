"""A way to isolate and settings in; a server that enters the sandbox, and how to end all that is in it, out."""

import contextlib
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from gradkit.errors import SandboxError
from gradkit.sandbox import bubblewrap, enter, isolation, seccomp
from gradkit.sandbox.isolation import Isolation
from gradkit.sandbox.surroundings import Surroundings, environment

START_SECONDS = 60.0  # a loaded machine must not fail a student
GONE_SECONDS = 10  # to free a few gigabytes or some thousand files; the batch goes on all the same

Streams = tuple[int, int, int | IO[bytes]]
"""stdin, stdout and stderr, as subprocess takes them."""


@dataclass(frozen=True, slots=True)
class Started:
    """A process on its way into a sandbox; `inner` is its namespace's first process, where it has a namespace."""

    process: "subprocess.Popen[bytes]"
    inner: "Inner | None" = None

    def leave(self) -> None:
        """In a copy of the process that started it: let go of what is another process's."""
        self.process.returncode = 0  # nobody waits for it here
        if self.inner is not None:
            self.inner.leave()


class Inner:
    """The first process of a namespace, with which all others end. Held by the kernel's own handle, not by a number that
    another process may have later.
    """

    def __init__(self, pid: int) -> None:
        self._handle = os.pidfd_open(pid)

    def leave(self) -> None:
        """Forget it, and let it live."""
        os.close(self._handle)

    def kill(self) -> None:
        """End it and all that is in its namespace, and wait until the kernel has taken back what they had; once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            gone = select.poll()
            gone.register(self._handle, select.POLLIN)
            gone.poll(GONE_SECONDS * 1000)
        os.close(self._handle)


def start(
    isolated: Isolation,
    surroundings: Surroundings,
    settings: Mapping[str, Any],
    streams: Streams,
    folder: Path | None = None,
) -> Started:
    """Start the sandbox's entrance with the settings; where nothing isolates, in `folder`, with copies of the data files.

    Raises SandboxError where nothing could be started.
    """
    if isolated.tier == "A":
        return _start_bubblewrap(isolated, surroundings, settings, streams)
    command = [*isolation.worker_command(isolated), json.dumps(settings)]
    variables = {**environment(), "MPLCONFIGDIR": "/tmp"}  # no folder can be made, and this one is there
    place = next((path.parent for path in surroundings.data_files), Path("/"))
    if folder is not None:
        for path in surroundings.data_files:
            (folder / path.name).write_bytes(path.read_bytes())
        variables |= {"HOME": str(folder), "TMPDIR": str(folder), "IPYTHONDIR": f"{folder}/.ipython"}
        place = folder
    return Started(_open(command, streams, env=variables, cwd=place, start_new_session=True))


def _start_bubblewrap(
    isolated: Isolation, surroundings: Surroundings, settings: Mapping[str, Any], streams: Streams
) -> Started:
    info_read, info_write = os.pipe()
    seccomp_fd = _memory_file(seccomp.build_filter())
    options = bubblewrap.build_options(surroundings, seccomp_fd, info_write, as_root=isolated.as_root)
    options_fd = _memory_file("\0".join(options).encode())  # not on the command line, which the inside can read
    worker = isolation.worker_command(isolated)
    command = [isolated.bwrap, "--args", str(options_fd), "--", *worker, json.dumps(settings)]
    passed = (seccomp_fd, info_write, options_fd)
    with os.fdopen(info_read, "rb") as info:
        try:
            process = _open(command, streams, env={}, pass_fds=passed, **_other_user(isolated))
        finally:
            for fd in passed:
                os.close(fd)
        return Started(process, _read_inner(info))


def _other_user(isolated: Isolation) -> dict[str, Any]:
    """Root that does not make the mounts itself starts bubblewrap as a user whom nobody else is."""
    if isolated.as_root or os.geteuid() != 0:
        return {}
    user = enter.new_user()
    return {"user": user, "group": user, "extra_groups": []}


def _open(command: list[str], streams: Streams, **options: Any) -> "subprocess.Popen[bytes]":
    stdin, stdout, stderr = streams
    try:
        return subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr, bufsize=0, **options)
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
