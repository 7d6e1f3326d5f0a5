"""What a probe sees of an implementation: cases and their parts in, observations that can be compared out."""

import math
import re
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradkit.checks import as_array
from gradkit.errors import CallTimedOut, CheckFailure, CourseError, FunctionRaised, SubmissionFailure

RTOL = 1e-6
"""Two implementations of one formula differ by rounding; two formulas on random numbers by far more."""
DEVIATIONS = 5.0
"""Standard deviations by which two rates of one probability may differ: more in one of 1.7 million comparisons."""
ONE_NUMBER = 1e-4
"""Numbers that differ by less, relative to the largest, are one: a student may compute in float32."""

LARGEST_RESULT = 1_000_000
"""Elements of an array that is kept for comparing; probes work with small inputs."""

_NUMBERS = re.compile(r"[(\[]*\d[\d., )\]]*")


@dataclass(frozen=True, slots=True)
class Value:
    """Numbers: an array that was returned, which is a result, or one number that a probe has worked out."""

    array: NDArray[Any]
    is_result: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of `n` independent trials came out true.

    `asked` is the probability that a right answer has, for people. Of a `coarse` rate only none, some or all is compared.
    """

    hits: int
    n: int
    asked: float | None = None
    coarse: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One of several ways in which an implementation can behave, in words; "" is a way that the probe does not know."""

    text: str


@dataclass(frozen=True, slots=True)
class Crash:
    """The case could not be run to its end; `kind` is the exception's type and `text` what it said.

    `raised` is false where the function did return, but nothing that the probe could take.
    """

    kind: str
    text: str = ""
    raised: bool = False

    @property
    def gist(self) -> tuple[str, str]:
        """The kind, and the text without what differs from one program to the next: its numbers and what follows them."""
        start = _NUMBERS.split(self.text, maxsplit=1)[0]
        return self.kind, start if len(start) >= 12 else _NUMBERS.sub("#", self.text)


NOTHING = Fact("nothing to be seen")
"""Where there is no unit that could be observed."""

Observation = Value | Rate | Fact | Crash
Unit = tuple[str, str]
"""A case and a part of what it shows."""


def is_telling(observation: Observation) -> bool:
    """Whether a bug can be known by this: not by what the probe has no words for."""
    if isinstance(observation, Crash):
        return observation.raised
    if isinstance(observation, Fact):
        return observation.text not in {"", NOTHING.text}
    return True


def agree(a: Observation, b: Observation) -> bool:
    """Whether two observations are of the same behaviour, up to rounding and chance."""
    match a, b:
        case Value(x), Value(y):
            return x.shape == y.shape and _close(x, y)
        case Rate(), Rate():
            return _same_rate(a, b)
        case Fact(x), Fact(y):
            return x == y
        case Crash(), Crash():
            return a.gist == b.gist
    return False


def _close(x: NDArray[Any], y: NDArray[Any]) -> bool:
    a, b = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if a.size == 1:
        return _close_numbers(a.item(), b.item())
    finite = np.isfinite(a)
    if not np.array_equal(finite, np.isfinite(b)):
        return False
    scale = max(float(np.abs(a[finite]).max(initial=0.0)), float(np.abs(b[finite]).max(initial=0.0)))
    return bool((np.abs(a[finite] - b[finite]) <= RTOL * scale).all())


def _close_numbers(a: float, b: float) -> bool:
    """The same of two numbers, which most signs are, without arrays."""
    if not (math.isfinite(a) and math.isfinite(b)):
        return math.isfinite(a) == math.isfinite(b)
    return abs(a - b) <= RTOL * max(abs(a), abs(b))


def _same_rate(a: Rate, b: Rate) -> bool:
    """Two binomial counts; the variances have room for counts of 0 and n, where the plain estimate is 0."""
    if a.coarse or b.coarse:
        return (a.hits == 0, a.hits == a.n) == (b.hits == 0, b.hits == b.n)
    p, q = a.hits / a.n, b.hits / b.n
    variance = sum((r * (1 - r) + 1 / n) / n for r, n in ((p, a.n), (q, b.n)))
    return abs(p - q) <= DEVIATIONS * math.sqrt(variance)


@dataclass(slots=True)
class Case:
    """One input that a probe tries."""

    name: str
    conditions: tuple[str, ...]
    parts: dict[str, Observation] = field(default_factory=dict)
    crash: Crash | None = None


class Observer:
    """Given to a probe as `observe`; collects what it sees, case by case.

    A case whose code fails, in the student's function or in the probe's own handling of what came back, is a Crash from
    there on; the cases after it go on. Where not `function` failed but another one that the case needs, the case says nothing
    about `function`: it is barred.
    """

    def __init__(self, function: str = "", begin: Callable[[], object] = lambda: None) -> None:
        """Start without cases; `begin` is called before each, and may end the probe by an exception."""
        self.function = function
        self._begin = begin
        self.barred: set[str] = set()
        self.cases: dict[str, Case] = {}
        self.words: dict[str, str] = {}
        self.timed_out = False
        self._case: Case | None = None

    @contextmanager
    def case(self, name: str, *conditions: str) -> Iterator[None]:
        """What follows is about the input `name`; `conditions` are true of it, as in "the stride is not 1"."""
        if name in self.cases:
            raise CourseError(f"two cases of a probe are called {name!r}; give each its own name")
        self._begin()
        self._case = self.cases[name] = Case(name, conditions)
        try:
            yield
        except SubmissionFailure as error:
            if error.function != self.function and self.function and error.function:
                self.barred.add(name)
            self.timed_out |= isinstance(error, CallTimedOut)
            self._case.crash = Crash(type(error).__name__)
            if isinstance(error, FunctionRaised):
                self._case.crash = Crash(error.kind, error.text, raised=True)
        except CheckFailure:
            self._case.crash = Crash("CheckFailure")
        except (TypeError, ValueError, IndexError, AttributeError, KeyError, ArithmeticError, MemoryError):
            # what came back is not even of the form that the probe takes apart
            self._case.crash = Crash("another form")
        finally:
            self._case = None

    def value(self, part: str, got: object) -> None:
        """Record an array or a number; what is neither is recorded by its type."""
        try:
            array = as_array(got, part)
        except CheckFailure:
            self._record(part, Crash(f"a value of type {type(got).__name__}"))
            return
        if array.size > LARGEST_RESULT:
            self._record(part, Crash("an array out of all proportion"))
            return
        self._record(part, Value(array.copy(), is_result=True))

    def rate(
        self, part: str, trials: object, asked: float | None = None, says: str = "", *, coarse: bool = False
    ) -> None:
        """Record a share of independent trials, given as an array of booleans.

        `says` puts the share into words, as the start of a sentence that the case ends: "Your mask keeps {} of the units".
        Of a `coarse` rate it counts only whether it is none, some or all.
        """
        outcomes = np.asarray(trials, dtype=bool)
        hits, n = int(np.count_nonzero(outcomes)), int(outcomes.size)
        self._record(part, Rate(hits, n, asked, coarse) if n else NOTHING, says)

    def number(self, part: str, values: object, says: str = "") -> None:
        """Record the one number that all of `values` are, up to rounding; that they are several tells nothing."""
        array = np.asarray(values, dtype=np.float64).ravel()
        if array.size == 0:
            self._record(part, NOTHING, says)
        elif not np.isfinite(array).all() or np.ptp(array) > ONE_NUMBER * float(np.abs(array).max()):
            self.fact(part, "", says)
        else:
            self._record(part, Value(np.asarray(array.mean())), says)

    def fact(self, part: str, text: str, says: str = "") -> None:
        """Record in which of several ways the implementation behaves; "" where it is none of those that are known."""
        self._record(part, Fact(text), says)

    def _record(self, part: str, observation: Observation, says: str = "") -> None:
        if self._case is None:
            raise CourseError(f"{part!r} was observed outside of a case; write `with observe.case(...):`")
        if part in self._case.parts:
            raise CourseError(f"{part!r} was observed twice in the case {self._case.name!r}")
        self._case.parts[part] = observation
        self.words[part] = says

    def without(self, cases: Collection[str]) -> "Observer":
        """The same without some cases."""
        if not cases:
            return self
        rest = Observer(self.function)
        rest.words = self.words
        rest.cases = {name: case for name, case in self.cases.items() if name not in cases}
        return rest

    def units(self, like: "Observer | None" = None) -> dict[Unit, Observation]:
        """Each part of each case; a part that `like` saw and this did not is a crash."""
        found: dict[Unit, Observation] = {}
        for name, case in (like or self).cases.items():
            own = self.cases.get(name)
            for part in case.parts:
                lost = (own.crash if own else None) or Crash("not observed")
                found[name, part] = own.parts.get(part, lost) if own else lost
        return found
