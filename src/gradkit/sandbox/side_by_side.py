"""Checks side by side: each runs up to the first calls that it has planned, these go to the student's process in few messages, and
then each goes on, one after the other.

A check is a function that asks a session for calls. Each runs on a stack of its own, a greenlet, so that it can wait in the middle;
no two ever run at once.
"""

from collections.abc import Callable, Mapping, Sequence
from contextvars import copy_context
from typing import Any

from greenlet import getcurrent, greenlet

from gradkit.errors import SandboxError
from gradkit.sandbox.planned import Asked, ForCheck, Outcome
from gradkit.sandbox.session import Opaque, Session
from gradkit.sandbox.submission import Calls

Check = Callable[[Calls], None]
Step = Callable[[Callable[[], None]], None]
_LATER = 0x9E37_79B9
"""Added to a check's seed for what it asks after its first calls: the student's generators go on from there, not from the beginning."""


class Alone(BaseException):
    """Ends a check that can't go on beside others. No `except Exception` of a test may take it for its own."""


def run_side_by_side(session: Session, checks: Sequence[tuple[int, Check]], step: Step) -> None:
    """Run each check with its seed. What they compute is what they compute one after the other.

    Where a check's first calls are planned, they are made with those of the others. What it asks for behind that, and all that a check
    asks for which plans nothing, is asked when its turn comes, in the order of `checks`. A check that hands on what its first
    calls have returned, which the student's process does not keep, is run once more from its beginning, alone; it must not mind.

    `step` is given each piece of a check's work, to call it; it may end it by an exception that it keeps to itself.
    """
    shared = [SharedCalls(session, seed, check) for seed, check in checks]
    try:
        for each in shared:
            step(each.go_on)
        waiting = [each for each in shared if each.planned]
        try:
            found = session.call_for_checks([ForCheck(each.seed, each.planned) for each in waiting])
        except SandboxError:  # each asks by itself, and it is told where it was asked
            found = []
        for each, outcomes in zip(waiting, found, strict=False):
            each.first = outcomes
        for each in shared:
            step(each.go_on)
            if each.must_run_alone:
                session.begin_check(each.seed)
                step(each.run_alone)
    finally:
        for each in shared:
            each.leave()


class SharedCalls:
    """A session, as one of several checks sees it."""

    def __init__(self, session: Session, seed: int, check: Check) -> None:
        self.seed = seed
        self.planned: Sequence[Asked] = ()
        """The first calls, which wait."""
        self.first: Sequence[Outcome] = ()
        """What came of them."""
        self.must_run_alone = False
        self._session, self._check = session, check
        self._has_waited = self._has_begun = self._is_left = False
        self._stack = greenlet(check)
        self._stack.gr_context = copy_context()  # or what was set for all of them, as by np.seterr, would not hold

    def go_on(self) -> None:
        """Run the check until it has to wait, or to its end."""
        if self._has_waited:
            if not self._stack.dead:
                self._stack.switch()
        else:
            self._stack.switch(self)

    def run_alone(self) -> None:
        """Run the check from its beginning to its end."""
        self._check(self._session)

    def leave(self) -> None:
        """End a check that still waits."""
        self._is_left = True
        if self._stack and not self._stack.dead:
            self._stack.throw(Alone)

    # --- what the check asks

    def begin_check(self, seed: int) -> None:
        """Forget the objects of the check before, and seed the student's random generators."""
        self._take_turn()
        self._session.begin_check(seed)

    def restart(self) -> None:
        """Make the next call in a new process."""
        self._take_turn()
        self._session.restart()

    def call(
        self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], arguments: bool = False
    ) -> tuple[Any, tuple[Any, ...]]:
        """As Session.call."""
        self._take_turn(*args, *kwargs.values())
        return self._session.call(name, args, kwargs, arguments)

    def call_all(self, asked: Sequence[Asked]) -> list[Outcome]:
        """As Session.call_all; the first calls with those of other checks."""
        if not self._has_waited:
            self._wait(asked)
            if self.first:
                return list(self.first)
        self._take_turn(*(value for each in asked for value in (*each.args, *each.kwargs.values())))
        return self._session.call_all(asked)

    def _take_turn(self, *values: Any) -> None:
        """Wait until the session is this check's alone. `values` are about to be sent."""
        if not self._has_waited:
            self._wait(())
        if self._is_left or any(map(self._was_returned_first, values)):
            self._end_alone()
        if not self._has_begun:
            self._has_begun = True
            self._session.begin_check((self.seed + _LATER) % 2**32 if self.first else self.seed)

    def _wait(self, planned: Sequence[Asked]) -> None:
        if getcurrent() is not self._stack:  # another thread of the test's own
            self._end_alone()
        self._has_waited, self.planned = True, planned
        parent = self._stack.parent
        assert parent is not None
        parent.switch()

    def _end_alone(self) -> None:
        self.must_run_alone = True
        raise Alone

    def _was_returned_first(self, value: Any) -> bool:
        """Whether a value came from the first calls, or holds what did: the student's process may have to get the very object."""
        if not self.first or value is None or type(value) in (bool, int, float, str):
            return False
        if isinstance(value, Opaque) or any(value is part for outcome in self.first for part in _parts(outcome)):
            return True
        if type(value) in (tuple, list):
            return any(map(self._was_returned_first, value))
        return type(value) is dict and any(map(self._was_returned_first, value.values()))


def _parts(outcome: Outcome) -> list[Any]:
    """The values of a call that stand for objects of the student's process, those of simple types among them."""
    found = [outcome.value, *outcome.after]
    return [*found, *(part for value in found if type(value) in (tuple, list) for part in value)]
