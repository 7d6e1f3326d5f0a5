"""One student process in its sandbox: begin it, ask it, end it. Knows the wire and the deadlines, no notebooks."""

import secrets
import select
import time
from typing import Any

from gradkit.errors import SandboxError
from gradkit.sandbox import wire
from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.isolation import SPARE_BODY
from gradkit.sandbox.starting import START_SECONDS


class StudentProcess:
    """A worker behind a pipe. Everything it says is untrusted data."""

    def __init__(self, server: ForkServer, *, wait: bool = True) -> None:
        """Begin it. With `wait`, until it is ready; SandboxError is raised where it does not get so far."""
        self.max_body = server.max_body
        self._stopped = False
        self._status: int | None = None
        self._forked = server.fork()
        self._channel = wire.Channel(self._forked.read_fd, self._forked.write_fd, max_body=self.max_body + SPARE_BODY)
        if not wait:
            return
        try:
            self.ask("start", START_SECONDS)
        except wire.WireError as error:
            self.stop()
            raise SandboxError(f"the sandbox did not start ({error}): {server.said()}") from error

    def ask(
        self, operation: str, seconds: float, chunks: list[wire.Chunk] | None = None, **fields: Any
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
        """Kill the process and return how it had ended: its exit status, 128 + a signal, or None.

        None means that it was still running.
        """
        if self._stopped:
            return self._status
        self._stopped = True
        ended = self._has_ended()
        self._forked.kill()  # also what has ended: others may be left of it where nothing isolates
        known = self._forked.close()
        self._status = known[0] if ended and known is not None else None
        return self._status

    def _has_ended(self) -> bool:
        """Whether it ended by itself; it is given a moment where its pipe closed first."""
        closed = select.poll()
        closed.register(self._forked.read_fd, 0)
        return bool(closed.poll(0)) and self._forked.has_ended(1.0)
