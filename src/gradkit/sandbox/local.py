"""The instructor's own code in this process, with the calling rules of a Session; never a student's."""

import contextlib
import hashlib
import io
import random
import warnings
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from gradkit.errors import CallTimedOut, FunctionMissing, FunctionRaised, GradkitError, ReplyRefused
from gradkit.sandbox import wire
from gradkit.sandbox.alarm import TooLong, stopped_after
from gradkit.sandbox.planned import Asked, Outcome, make_in_turn
from gradkit.sandbox.session import Opaque

MAX_STOPS = 2
"""Calls of one function that may take too long before it is called no more."""
_MAX_BODY = 64 * 2**20


class LocalSession:
    """Functions that the `sources` define, one text after the other in one namespace.

    Known bugs, right styles and mutants are run here: they are the instructor's, and a process for each would cost more
    than all else. As in a Session, arguments go in as copies, data comes back as copies, and a cache stays as it is. The
    functions draw from this process's global random generators, which nothing else of gradkit uses; `begin_check` seeds
    them. `call_seconds`, where it is given, stops a call by an alarm; that works in a program's main thread. `opaque` is as for a
    Session.

    Raises whatever running the sources raises; a GradkitError where they end the program.
    """

    def __init__(
        self,
        sources: Sequence[str],
        call_seconds: float | None = None,
        opaque: Mapping[str, Sequence[bool]] = MappingProxyType({}),
    ) -> None:
        self._seconds = call_seconds
        self._opaque = opaque
        self._kept: dict[int, tuple[Any, Any, bytes | None]] = {}
        self._stops: dict[str, int] = {}
        self._handles: list[Any] = []
        self.namespace: dict[str, Any] = {"__name__": "instructor"}
        self.begin_check(0)
        with self._inside("the source", self._seconds):
            for number, source in enumerate(sources):
                try:
                    exec(compile(source, f"<instructor's code {number}>", "exec"), self.namespace)
                except SystemExit as error:
                    raise GradkitError("it ends the program by exit()") from error

    def begin_check(self, seed: int) -> None:
        """Forget the objects of the check before, and seed the random generators that the functions see."""
        self._kept.clear()
        self._handles.clear()
        np.random.seed(seed)
        random.seed(seed)

    def restart(self) -> None:
        """Nothing: the instructor's own code is trusted not to remember its calls."""

    def call(
        self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], arguments: bool = False
    ) -> tuple[Any, tuple[Any, ...]]:
        """Call a function; returns its value, and with `arguments` its arguments as they are afterwards."""
        function = self.namespace.get(name)
        if not callable(function):
            raise FunctionMissing(f"{name} is not defined")
        if self._stops.get(name, 0) >= MAX_STOPS:
            raise CallTimedOut(f"{name} was stopped before, so it was not called again")
        inside = tuple(self._carry_in(arg) for arg in args)
        named = {key: self._carry_in(arg) for key, arg in kwargs.items()}
        try:
            with self._inside(name, self._seconds):
                value = function(*inside, **named)
        except (Exception, SystemExit) as error:
            if isinstance(error, CallTimedOut):
                raise
            kind = type(error).__name__
            raise FunctionRaised(f"{name} stopped with {kind}: {error}", kind, str(error)) from None
        try:
            after = zip(args, inside, strict=True) if arguments else ()
            return self._carry_out(value, self._opaque.get(name, ())), tuple(
                arg if isinstance(arg, Opaque) else self._carry_out(now) for arg, now in after
            )
        except wire.WireError as error:
            raise ReplyRefused(f"{name} returned {error}") from None

    def call_all(self, asked: Sequence[Asked]) -> list[Outcome]:
        """What comes of calls, up to the first that fails."""
        return make_in_turn(self.call, asked)

    def _carry_in(self, value: Any) -> Any:
        """The very object that a value came from, while the caller has not changed it; a copy of anything else."""
        original, copy, digest = self._kept.get(id(value), (None, None, None))
        if copy is value and value is not None and digest == digest_of(value):
            return original
        if type(value) in (tuple, list):
            return type(value)(self._carry_in(item) for item in value)
        if type(value) is dict:
            return {key: self._carry_in(item) for key, item in value.items()}
        return self._copy(value)

    def _carry_out(self, value: Any, opaque: Sequence[bool] = ()) -> Any:
        """A copy as it would come over the wire; each part of a tuple is remembered, so that it can go back as itself."""
        if type(value) in (tuple, list):
            stays = opaque if len(opaque) == len(value) else [False] * len(value)
            parts = zip(value, stays, strict=True)
            return type(value)(self._hide(part) if stay else self._remember(part) for part, stay in parts)
        return self._remember(value)

    def _hide(self, value: Any) -> Any:
        """What stands for a value that is only handed on."""
        if value is None or type(value) in (bool, int, float):
            return value
        hidden = Opaque(self._keep(value, "it is only handed on"), 0)
        self._kept[id(hidden)] = (value, hidden, None)
        return hidden

    def _remember(self, value: Any) -> Any:
        copy = self._copy(value)
        if copy is not None and not isinstance(copy, bool | int | float | str):
            self._kept[id(copy)] = (value, copy, digest_of(copy))
        return copy

    def _copy(self, value: Any) -> Any:
        if value is None or type(value) in (bool, int, float):
            return value
        encoder = wire.Encoder(_MAX_BODY, self._keep)
        tree = encoder.encode(value)
        return wire.Decoder(memoryview(b"".join(encoder.chunks)), lambda handle: self._handles[handle.id - 1]).decode(
            tree
        )

    def _keep(self, value: Any, reason: str) -> wire.Handle:
        self._handles.append(value)
        return wire.Handle(len(self._handles), type(value).__name__, reason)

    @contextlib.contextmanager
    def _inside(self, name: str, seconds: float | None) -> Iterator[None]:
        """Nothing of the code's warnings and output is seen, and its time is limited."""
        try:
            with (
                warnings.catch_warnings(),
                np.errstate(all="ignore"),
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
                stopped_after(seconds),
            ):
                warnings.simplefilter("ignore")
                yield
        except TooLong:
            self._stops[name] = self._stops.get(name, 0) + 1
            raise CallTimedOut(f"{name} did not return within {seconds:g} s") from None


def digest_of(value: Any) -> bytes | None:
    """Tells whether an array was changed on this side since it came."""
    if not isinstance(value, np.ndarray):
        return None
    content: Any = value if value.flags.c_contiguous else value.tobytes()
    return hashlib.sha256(content).digest()
