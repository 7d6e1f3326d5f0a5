"""A target and a number of inputs in; how often each outcome came, and every crash with its smallest input, out."""

import base64
import contextlib
import hashlib
import resource
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from tests.fuzz import mutating

FOUND = Path(__file__).parent / "found"
MOST_BATCHES = 400
INPUTS_OF_A_BATCH = 500
"""About as many; the same bytes count once."""
SECONDS_FOR_ONE = 5.0
"""Processor time of one small input."""
SECONDS_FOR_A_BATCH = 120
MEMORY_FOR_ONE = 256 << 10
"""KB by which one small input may raise the peak of this process."""
TRIALS_TO_SHRINK = 3000


class Target(Protocol):
    """What is fuzzed. `batches` draws inputs that belong together; `thorough` leaves out no costly property."""

    name: str
    thorough: bool
    batches: SearchStrategy[Iterable[bytes]]

    def judge(self, raw: bytes) -> str:
        """The name of what became of one input; raises where a property does not hold."""

    def parts(self, raw: bytes) -> tuple[list[bytes], Callable[[list[bytes]], bytes]]:
        """What may be made smaller of an input, and how to put it together again."""


class Hang(BaseException):
    """The alarm went off; no handler of exceptions may take it for its own."""


@dataclass(frozen=True)
class Crash:
    """An input for which a property does not hold, and how that showed."""

    raw: bytes
    where: str
    trace: str

    def __str__(self) -> str:
        return f"{self.where}\n{self.trace}\n{len(self.raw)} bytes: {self.raw[:2000]!r}\nin base64: {_base64(self.raw)}"


@dataclass
class Run:
    """What came of the inputs so far."""

    target: Target
    most_crashes: int = 1
    outcomes: Counter[str] = field(default_factory=Counter)
    crashes: dict[str, Crash] = field(default_factory=dict)
    slowest: float = 0.0

    @property
    def inputs(self) -> int:
        """How many inputs were judged; the same bytes in one batch count once."""
        return self.outcomes.total()

    def batch(self, inputs: Iterable[bytes]) -> None:
        """Judge the inputs; a crash is kept, one for each place where it shows."""
        seen: set[bytes] = set()
        with _alarm(SECONDS_FOR_A_BATCH):
            for raw in inputs:
                if raw in seen:
                    continue
                if len(self.crashes) >= self.most_crashes:
                    return
                seen.add(raw)
                started = time.process_time()
                outcome, crash = examine(self.target, raw)
                self.slowest = max(self.slowest, time.process_time() - started)
                self.outcomes[outcome] += 1
                if crash is not None and crash.where not in self.crashes:
                    self.crashes[crash.where] = crash


def run(target: Target, inputs: int, number: int = 0, most_crashes: int = 1, tell: Callable[[Run], Any] = id) -> Run:
    """Judge at least so many inputs, drawn by hypothesis from the seed `number`; the same number draws the same ones."""
    result = Run(target, most_crashes)
    while result.inputs < inputs and len(result.crashes) < most_crashes:
        _round(result, inputs, number)
        number += 1
        tell(result)
    result.crashes = {where: smallest(target, crash) for where, crash in result.crashes.items()}
    return result


def _round(result: Run, inputs: int, number: int) -> None:
    @seed(number)
    @settings(
        max_examples=min(MOST_BATCHES, 1 + (inputs - result.inputs) // INPUTS_OF_A_BATCH),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(result.target.batches)
    def draw(batch: Iterable[bytes]) -> None:
        if result.inputs < inputs:
            result.batch(batch)

    draw()


def examine(target: Target, raw: bytes) -> tuple[str, Crash | None]:
    """What became of one input, and the crash where a property does not hold: its time and memory are properties too."""
    started, peak = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        outcome = target.judge(raw)
    except (Exception, Hang) as error:  # noqa: BLE001  # whatever it is, it is what we look for
        return "crash", Crash(raw, _where(error), "".join(traceback.format_exception(error)[-6:]))
    taken, grown = time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
    if taken > SECONDS_FOR_ONE:
        return "slow", Crash(raw, f"slow, {outcome}", f"{taken:.1f} s")
    if grown > MEMORY_FOR_ONE:
        return "large", Crash(raw, f"large, {outcome}", f"{grown >> 10} MB more")
    return outcome, None


def smallest(target: Target, crash: Crash) -> Crash:
    """The crash with as few bytes as taking pieces away leads to, at the same place."""
    if crash.where.startswith(("slow", "large", "Hang")):
        return crash
    parts, joined = target.parts(crash.raw)
    for index, part in enumerate(parts):

        def holds(candidate: bytes, index: int = index) -> bool:
            again = examine(target, joined([*parts[:index], candidate, *parts[index + 1 :]]))[1]
            return again is not None and again.where == crash.where

        parts[index] = mutating.shrunk(part, holds, TRIALS_TO_SHRINK)
    raw = joined(parts)
    return examine(target, raw)[1] or crash


def replay(target: Target, raw: bytes) -> tuple[str, Crash | None]:
    """As `examine`, with every property."""
    target.thorough = True
    return examine(target, raw)


def kept(name: str) -> list[Path]:
    """Inputs that once crashed the target, or come near to it."""
    return sorted((FOUND / name).glob("*.bytes"))


def keep(name: str, crash: Crash) -> Path:
    """Store a crash's input beside those found before."""
    path = FOUND / name / f"{hashlib.sha256(crash.raw).hexdigest()[:12]}.bytes"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(crash.raw)
    return path


def _where(error: BaseException) -> str:
    """The kind of the exception and the last lines of this repository that it went through: the same for the same fault."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if "gradkit" in f.filename or f.filename.startswith(str(Path(__file__).parent))]
    return f"{type(error).__name__} at " + " < ".join(f"{f.name}:{f.lineno}" for f in reversed(own[-2:]))


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode() if len(raw) < 20_000 else "(long)"


@contextlib.contextmanager
def _alarm(seconds: int) -> Iterator[None]:
    def ring(*_: object) -> None:
        raise Hang(f"a batch took longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
