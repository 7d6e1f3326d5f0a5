"""A notebook that was run in a sandbox: cells in, calls to its functions out, however often its process dies."""

import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradkit.errors import CallTimedOut, FunctionMissing, FunctionRaised, ProcessDied, ReplyRefused, SubmissionFailure
from gradkit.sandbox import wire
from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.planned import Asked, ForCheck, Outcome, Part, make_in_turn
from gradkit.sandbox.process import StudentProcess
from gradkit.sandbox.words import explain_end, explain_error, explain_missing, text_of

MAX_BROKEN_CELLS = 3
"""Cells that may end or block the process before the rest of the notebook is left alone."""
MAX_STOPS_OF_FUNCTION = 2
"""Calls of one function that may time out or kill the process before it is called no more."""
MAX_STOPS = 8
TOGETHER_SECONDS = 5.0
"""Calls made together that take longer are made one by one, each with its own limit."""
TOGETHER_SHARE = 5
"""Of that time, the first of so many parts is the one in which the calls of a further check may begin."""
TOGETHER_BYTES = 1 << 20
"""Of arguments. Larger ones go one by one: there is little to be saved, and all have to be held at once."""
TOGETHER_RECEIVED = 32 << 20
"""Bytes of arrays that came for checks side by side, all of which are held; what is left is asked by each check in its turn."""
_KILLED = 128 + signal.SIGKILL
"""By the machine or by itself: nobody can tell."""
_BY_ITS_LIMITS = (128 + signal.SIGXCPU, wire.OUT_OF_MEMORY)
"""Ends that a call has by what it used up: they are the call's own, and nobody has to look."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Code to run, and how to name its cell to a person."""

    label: str
    source: str


@dataclass(frozen=True, slots=True)
class CellFailure:
    """A cell that did not run to its end, and why."""

    label: str
    reason: str


class Opaque:
    """An object that stays in the student's process; it can be passed back to the student's functions."""

    __slots__ = ("generation", "handle")

    def __init__(self, handle: wire.Handle, generation: int) -> None:
        self.handle, self.generation = handle, generation

    @property
    def type_name(self) -> str:
        """What the student's process calls the object's type."""
        return self.handle.type_name

    @property
    def reason(self) -> str:
        """Why the object did not cross."""
        return self.handle.reason

    def __repr__(self) -> str:
        return f"<{self.type_name} that stays in the student's process>"


@dataclass
class Session:
    """The student's namespace. Runs the cells at once; `failures` says which did not run to their end.

    `opaque` says of a function which of its values stay in the student's process, data or not, and come back as an Opaque.

    A call that hangs costs itself alone: the notebook is run again. Of a cell that broke the process only the functions,
    classes and imports are run then, and nothing where they break it too. A process that ends in a call, or is killed in a
    cell, ends the session: `died` says how, and every further call fails. Close it, or use it in a `with`.
    """

    cells: Sequence[Cell]
    server: ForkServer
    opaque: Mapping[str, Sequence[bool]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._broken: dict[int, str] = {}
        self._hopeless: set[int] = set()
        self._raised: dict[int, str] = {}
        self._end = len(self.cells)
        self._generation = 0
        self._remembered: dict[int, tuple[Any, int, memoryview | None]] = {}
        """Values that came from the student's process and are also still there: by their id, with their handle and, of an array
        that somebody may have changed here, what it was made of."""
        self._stops: dict[str, int] = {}
        self._told: dict[str, str] = {}
        """Why a function was stopped; it may have been in a planned call whose value nobody asked for."""
        self._seed, self._begins = 0, False
        self._together = self._cells_together = True
        self._received = 0
        self.limits = self.server.limits
        self._seconds_left = self.limits.cpu_seconds
        self._process: StudentProcess | None = None
        self.died = ""
        self._open()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def failures(self) -> tuple[CellFailure, ...]:
        found = {**self._raised, **self._broken}
        return tuple(CellFailure(self.cells[index].label, found[index]) for index in sorted(found))

    def close(self) -> None:
        """End the process and all that it started."""
        if self._process is not None:
            self._process.stop()
            self._process = None

    def restart(self) -> None:
        """End the process; the next call is made in a new one, in which the cells have just run."""
        self._remembered.clear()
        self.close()

    def begin_check(self, seed: int) -> None:
        """Forget the objects of the check before, and seed the student's random generators: before the next call."""
        self._seed = seed
        self._remembered.clear()
        self._begins = True

    def call(
        self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], arguments: bool = False
    ) -> tuple[Any, tuple[Any, ...]]:
        """Call the student's function; returns its value, and with `arguments` its arguments as they are afterwards.

        Raises a SubmissionFailure where there is no value.
        """
        if self.died:
            raise ProcessDied(self.died)
        if self._stops.get(name, 0) >= MAX_STOPS_OF_FUNCTION or sum(self._stops.values()) >= MAX_STOPS:
            told = f": {self._told[name]}" if name in self._told else ""
            raise CallTimedOut(f"{name} was stopped before, so it was not called again{told}")
        if self._seconds_left <= 0:
            raise CallTimedOut(
                f"the calls before took {self.limits.cpu_seconds:g} s together; {name} was not called again"
            )
        started = time.monotonic()  # running the notebook again counts too, or grading it could take for ever
        try:
            if self._process is None:
                self._open()
                if self.died:
                    raise ProcessDied(self.died)
            reply, body = self._ask_call(name, args, kwargs, arguments)
        finally:
            self._seconds_left -= time.monotonic() - started
        return self._read_reply(name, reply, body, args if arguments else ())

    def call_all(self, asked: Sequence[Asked]) -> list[Outcome]:
        """What comes of calls, up to the first that fails: as `call` would, but in one message where that goes well.

        Where it does not, they are made one by one in a new process, so that each has its own limits and a failure its place;
        from then on all are. So are calls that take what calls before them returned, since a new process would not have it.
        """
        if len(asked) > 1:
            known = self._known_to_none if self._remembered else None  # it is asked for every value
            outcomes = self._call_together([ForCheck(self._seed if self._begins else None, asked)], known)
            if outcomes:
                self._begins = False
                return outcomes[0]
        return make_in_turn(self.call, asked)

    def call_for_checks(self, checks: Sequence[ForCheck]) -> list[list[Outcome]]:
        """What comes of the calls of each check, as if it began and called `call_all`, one after the other: in few messages.

        Nothing for a check whose calls can't be made with others; it has to begin and make them itself. Nothing that was returned
        can be handed on: the objects of all these checks are forgotten.
        """
        found: list[list[Outcome]] = []
        self._remembered.clear()
        self._received = 0
        while len(found) < len(checks) and self._received < TOGETHER_RECEIVED:
            more = self._call_together(checks[len(found) :], None)
            if not more and not self._goes_together():
                break
            found += more or [[]]  # the next has a value that can't be sent
        self._remembered.clear()
        return found + [[]] * (len(checks) - len(found))

    def _goes_together(self) -> bool:
        """Whether there has been no reason yet to make calls one by one."""
        return self._together and not self.died and not self._stops and self._seconds_left > 0

    def _call_together(self, checks: Sequence[ForCheck], known: wire.Known | None) -> list[list[Outcome]]:
        """Outcomes of the first checks; none where their calls have to be made one by one."""
        if not self._goes_together():
            return []
        started = time.monotonic()
        if self._process is None:
            self._open()
        if self._process is None or self.died:
            return []
        encoder = wire.Encoder(TOGETHER_BYTES, self._refer_to_none, room=wire.REQUEST_ROOM, known=known)
        sent = self._encode_checks(encoder, checks)
        if not sent:
            return []
        seconds = min(TOGETHER_SECONDS, self.limits.call_seconds)
        try:
            reply, body = self._process.ask(
                "calls", seconds, encoder.chunks,
                checks=sent, limit=self._process.max_body, within=seconds / TOGETHER_SHARE,
            )  # fmt: skip
            self._received += len(body)
            found = self._read_checks(checks[: len(sent)], reply, body)
        except wire.WireError:
            self._together = False
            self.restart()
            return []
        self._seconds_left -= time.monotonic() - started
        return found

    def _encode_checks(self, encoder: wire.Encoder, checks: Sequence[ForCheck]) -> list[dict[str, Any]]:
        """The first checks, as many as can be sent."""
        sent: list[dict[str, Any]] = []
        nodes = 0
        for check in checks:
            mark, encoder.nodes = encoder.mark(), 0
            try:
                calls = [self._encode(encoder, each) for each in check.asked]
            except wire.WireError:  # if it is a value that can't be sent, the call alone tells
                encoder.go_back(mark)
                break
            sent.append({"check": check.seed, "calls": calls})
            nodes += encoder.nodes
            if nodes > wire.MAX_NODES:
                break
        return sent

    def _encode(self, encoder: wire.Encoder, asked: Asked) -> dict[str, Any]:
        parts = [(place, arg.call, arg.index) for place, arg in enumerate(asked.args) if isinstance(arg, Part)]
        args = tuple(None if isinstance(arg, Part) else arg for arg in asked.args)
        return {
            "function": asked.function, "args": encoder.encode(args), "kwargs": encoder.encode(dict(asked.kwargs)),
            "parts": parts, "opaque": self.opaque.get(asked.function, ()),
            "arguments": [not isinstance(arg, Part) for arg in asked.args] if asked.arguments else [],
        }  # fmt: skip

    def _read_checks(self, checks: Sequence[ForCheck], reply: dict[str, Any], body: memoryview) -> list[list[Outcome]]:
        """Outcomes of the first checks; raises WireError where the reply is of no known form."""
        said = reply.get("checks")
        if type(said) is not list or not 0 < len(said) <= len(checks):
            raise wire.WireError("outcomes of no known form")
        decoder = wire.Decoder(body, lambda handle: Opaque(handle, self._generation))
        return [self._read_outcomes(check.asked, each, decoder) for check, each in zip(checks, said, strict=False)]

    def _read_outcomes(self, asked: Sequence[Asked], replies: Any, decoder: wire.Decoder) -> list[Outcome]:
        if type(replies) is not list or not 0 < len(replies) <= len(asked):
            raise wire.WireError("outcomes of no known form")
        outcomes: list[Outcome] = []
        for each, said in zip(asked, replies, strict=False):
            if type(said) is not dict:
                raise wire.WireError("an outcome of no known form")
            failure = self._failure_in(each.function, said)
            if failure is not None:
                return [*outcomes, Outcome(failure=failure)]
            parts = [arg for arg in each.args if isinstance(arg, Part)]
            if not all(wire.has_part(outcomes[part.call].value, part.index) for part in parts):
                raise wire.WireError("an outcome of a call that could not be made")
            decoder.nodes = 0  # the limit is for one value
            value, after = self._read_value(decoder, said, each.args if each.arguments else ())
            own = (outcomes[arg.call].value[arg.index] if isinstance(arg, Part) else arg for arg in after)
            outcomes.append(Outcome(value, tuple(own)))
        return outcomes

    def _ask_call(
        self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], arguments: bool
    ) -> tuple[dict[str, Any], memoryview]:
        assert self._process is not None
        begins, self._begins = self._begins, False
        encoder = wire.Encoder(self._process.max_body, self._refer, room=wire.REQUEST_ROOM, known=self._known)
        tree, named = encoder.encode(tuple(args)), encoder.encode(dict(kwargs))
        try:
            return self._process.ask(
                "call", self.limits.call_seconds, encoder.chunks,
                function=name, args=tree, kwargs=named, limit=self._process.max_body,
                arguments=[not isinstance(arg, Opaque) for arg in args] if arguments else [],
                opaque=self.opaque.get(name, ()), check=self._seed if begins else None,
            )  # fmt: skip
        except wire.ChannelTimeout:
            self._stop(name)
            raise self._too_long(
                name, f"{name} did not return within {self.limits.call_seconds:g} s and was stopped; an endless loop?"
            ) from None
        except wire.ChannelClosed:
            status = self._stop(name)
            if status in _BY_ITS_LIMITS:
                raise self._too_long(name, f"{name} did not return: {self._explain(status)}") from None
            self.died = f"{name} did not return: {self._explain(status)}"
            raise ProcessDied(self.died) from None
        except wire.WireError as error:
            self._stop(name)
            raise ReplyRefused(f"{name} was stopped: its process sent {error}") from None

    def _too_long(self, name: str, told: str) -> CallTimedOut:
        self._told[name] = told
        return CallTimedOut(told)

    def _read_reply(
        self, name: str, reply: dict[str, Any], body: memoryview, args: Sequence[Any]
    ) -> tuple[Any, tuple[Any, ...]]:
        """The value of a call, and its arguments afterwards, if `args` were asked for; one that is opaque stays itself."""
        failure = self._failure_in(name, reply)
        if failure is not None:
            raise failure
        try:
            decoder = wire.Decoder(body, lambda handle: Opaque(handle, self._generation))
            return self._read_value(decoder, reply, args)
        except wire.WireError as error:
            self._stop(name)
            raise ReplyRefused(f"{name} was stopped: its process sent {error}") from None

    def _read_value(
        self, decoder: wire.Decoder, reply: Mapping[str, Any], args: Sequence[Any]
    ) -> tuple[Any, tuple[Any, ...]]:
        value = self._read_parts(decoder, reply.get("value"))
        after = self._read_parts(decoder, reply.get("arguments")) if args else ()
        if not isinstance(after, tuple) or len(after) != len(args):
            raise wire.WireError("other arguments than it had got")
        stays = (Opaque, Part)
        return value, tuple(arg if isinstance(arg, stays) else here for arg, here in zip(args, after, strict=True))

    @staticmethod
    def _failure_in(name: str, reply: Mapping[str, Any]) -> SubmissionFailure | None:
        if "missing" in reply:
            return FunctionMissing(explain_missing(name, reply["missing"], reply.get("near")))
        if "error" in reply:
            error = reply["error"] if isinstance(reply["error"], dict) else {}
            return FunctionRaised(explain_error(name, error), text_of(error, "type", 80), text_of(error, "text", 300))
        return None

    def _read_parts(self, decoder: wire.Decoder, item: Any) -> Any:
        match item:
            case ["one", [[handle, tree]]]:
                return self._read_part(decoder, handle, tree)
            case ["t" | "l" as kind, list(parts)] if len(parts) <= 64 and all(
                type(part) is list and len(part) == 2 for part in parts
            ):
                values = [self._read_part(decoder, handle, tree) for handle, tree in parts]
                return tuple(values) if kind == "t" else values
        raise wire.WireError("a value of no known form")

    def _read_part(self, decoder: wire.Decoder, handle: Any, tree: Any) -> Any:
        value = decoder.decode(tree)
        if type(handle) is int:
            if type(value) is np.ndarray:
                self._remembered[id(value)] = value, handle, decoder.body[tree[3] : tree[3] + value.nbytes]
            elif type(value) in (tuple, list, dict):
                self._remembered[id(value)] = value, handle, None
        return value

    # --- values that are still in the student's process

    def _known(self, value: Any) -> wire.Handle | None:
        """The handle of what came from the student's process, so that a cache goes back as the very object."""
        if type(value) is Opaque:
            return self._refer(value, "")
        known = self._remembered.get(id(value))
        if known is None:
            return None
        original, handle, raw = known
        is_still = original is value and (raw is None or value.tobytes() == bytes(raw))
        return wire.Handle(handle) if is_still else None

    def _known_to_none(self, value: Any) -> None:
        if self._known(value) is not None:
            raise wire.WireError("it is of a call before")

    def _refer_to_none(self, value: Any, reason: str) -> wire.Handle:
        raise wire.WireError(f"a {type(value).__name__} does not go with other calls: {reason}")

    def _refer(self, value: Any, reason: str) -> wire.Handle:
        if isinstance(value, Opaque):
            if value.generation != self._generation:
                raise ProcessDied("the process that held this object ended; it can't be used in a later call")
            return value.handle
        raise wire.WireError(f"a {type(value).__name__} can't be sent to a submission: {reason}")

    # --- the process

    def _open(self) -> None:
        """Start a process and run the cells; again without the cell that broke it, a few times."""
        while True:
            self._generation += 1
            self._remembered.clear()
            self._raised = {}
            self._process = StudentProcess(self.server, wait=not self._cells_together)
            if self._run_cells(self._process):
                return
            self.close()

    def _run_cells(self, process: StudentProcess) -> bool:
        """Whether there is nothing to try again: the process lived through all cells that are to be run, or was killed."""
        wanted = [index for index in range(self._end) if index not in self._hopeless]
        done = 0
        if self._cells_together:
            try:
                done = self._run_together(process, wanted)
            except wire.WireError as error:  # of one of them, or of what begins the process
                self._cells_together = False
                status = process.stop() if isinstance(error, wire.ChannelClosed) else None
                if status == _KILLED:
                    self.died = f"the notebook did not run to its end: {self._explain(status)}"
                return bool(self.died)
        return self._run_in_turn(process, wanted[done:], None if done else self._seed)

    def _run_together(self, process: StudentProcess, wanted: Sequence[int]) -> int:
        """Run cells in one message; how many of them have run. Raises WireError where that is not known."""
        if not wanted:
            return 0
        cells = [(self.cells[index].label, self.cells[index].source, False) for index in wanted]
        seconds = min(TOGETHER_SECONDS, self.limits.notebook_seconds)
        reply, _ = process.ask("run", seconds, cells=cells, check=self._seed, within=seconds / TOGETHER_SHARE)
        errors = reply.get("errors")
        if type(errors) is not list or not 0 < len(errors) <= len(wanted):
            raise wire.WireError("cells of no known end")
        for index, error in zip(wanted, errors, strict=False):
            self._note(index, error)
        self._begins = True  # what the cells drew must not matter
        return len(errors)

    def _note(self, index: int, error: Any) -> None:
        """Keep what a cell raised, if it did."""
        if error is not None:
            self._raised[index] = explain_error("it", error, here=self.cells[index].label)

    def _run_in_turn(self, process: StudentProcess, wanted: Sequence[int], seed: int | None) -> bool:
        """As _run_cells, one by one; the seed goes with the first."""
        deadline = time.monotonic() + self.limits.notebook_seconds / (1 + len(self._broken))
        index = 0
        try:
            for index in wanted:
                cell, left = self.cells[index], deadline - time.monotonic()
                only_definitions = index in self._broken
                reply, _ = process.ask(
                    "run", left, cells=[(cell.label, cell.source, only_definitions)], check=seed, within=0
                )
                seed = None
                errors = reply.get("errors", [reply.get("error")])
                self._note(index, errors[0] if type(errors) is list and errors else errors)
            self._begins = True  # what the cells drew must not matter
            return True
        except wire.ChannelTimeout:
            reason = f"it did not finish: the notebook has {self.limits.notebook_seconds:g} s for all its cells"
        except wire.ChannelClosed:
            status = process.stop()
            reason = self._explain(status)
            if status == _KILLED:
                label = self.cells[index].label if self.cells else "the notebook"
                self.died = f"{label} did not run to its end: {reason}"
                return True
        except wire.WireError as error:
            reason = f"it was stopped: its process sent {error}"
        if index in self._broken:
            self._hopeless.add(index)
        self._broken.setdefault(index, reason)
        if len(self._broken) >= MAX_BROKEN_CELLS:
            self._end = min(self._end, index) if len(self._broken) < 2 * MAX_BROKEN_CELLS else 0
        return False

    def _explain(self, status: int | None) -> str:
        return explain_end(status, self.limits.cpu_seconds)

    def _stop(self, name: str) -> int | None:
        self._stops[name] = self._stops.get(name, 0) + 1
        assert self._process is not None
        status = self._process.stop()
        self._process = None
        return status
