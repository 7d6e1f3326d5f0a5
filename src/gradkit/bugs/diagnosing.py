"""A submission's behaviour in a probe in; the known bugs that it shows, with evidence, out."""

import itertools
import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gradkit.bugs.evidence import describe, describe_cases, find_conditions, picture_of
from gradkit.bugs.library import KnownBug
from gradkit.bugs.matching import Match, Trace, find_matches, make_trace
from gradkit.bugs.memory import Memory
from gradkit.bugs.observing import Observation, Observer, Unit
from gradkit.bugs.probes import Probe
from gradkit.errors import CallTimedOut, CourseError
from gradkit.results import Diagnosis

Submissions = Callable[[Sequence[str]], Any]
"""From sources, the first the right answer, to something whose attributes are their functions."""
BeginCase = Callable[[Any, int], object]
"""Told of a submission before each case of a probe: what it kept for the case before can go."""
KEPT_TRACES = 16
"""Sets of cases that say nothing, for which it is remembered what each bug is known by."""
PROBE_SECONDS = 60.0
"""A submission that keeps a probe busy for longer is not diagnosed."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a probe tells about a submission: its known bugs, and in which cases it is wrong."""

    diagnoses: tuple[Diagnosis, ...] = ()
    condition: str = ""


class Diagnostician:
    """Knows the bugs of one question; `diagnose` compares a submission with each.

    `reference` is the source of the right answer. It runs in this process, as the bugs do: all are the instructor's.
    What they do is found out at the first diagnosis, or recalled from `memory`. Every submission gets the same inputs, drawn
    with `seed`; `begin_case` is told of each case, with a seed for what the submission draws. `function` is the one that
    the question asks for: cases that fail in another are left out.
    """

    def __init__(
        self,
        probe: Probe,
        reference: str,
        bugs: Sequence[KnownBug],
        submissions: Submissions,
        seed: int,
        memory: Memory | None = None,
        function: str = "",
        begin_case: BeginCase = lambda submission, seed: None,
    ) -> None:
        self._probe, self._reference, self._submissions, self._seed = probe, reference, submissions, seed
        self._memory, self._function, self._begin_case = memory or Memory(), function, begin_case
        self._bugs = {bug.label: bug for bug in bugs}
        self._known: dict[frozenset[str], tuple[Trace, ...]] = {}

    def diagnose(self, submission: Any, salt: int = 0) -> Findings:
        """The bugs that are certain, and the conditions that tell wrong cases from right ones.

        What the submission draws depends on `salt`, so that no random function is compared with a bug's very draws.
        Nothing is said of a submission that was stopped by the clock.
        """
        observer = self.observe(submission, salt)
        if observer.timed_out:
            return Findings()
        right = self._right.without(observer.barred)
        units, right_units = observer.units(right), right.units()
        conditions = {name: case.conditions for name, case in right.cases.items()}
        matches = _one_each(find_matches(units, right_units, self._traces(frozenset(observer.barred)), conditions))
        diagnoses = tuple(self._describe(match, observer, units, right) for match in matches)
        return Findings(diagnoses, find_conditions(units, right))

    def learn(self) -> int:
        """Find out what each bug does, as far as `memory` does not know it; how many there are.

        Raises CourseError where the probe fails for the right answer.
        """
        _ = self._right  # before the bugs, which forget what was not looked at
        return len(self._observed)

    def observe(self, submission: Any, salt: int = 0) -> Observer:
        """What the probe sees of a submission."""
        begins = time.monotonic()
        numbers = itertools.count()

        def begin() -> None:
            if time.monotonic() - begins > PROBE_SECONDS:
                raise CallTimedOut("the probe took too long")
            self._begin_case(submission, (self._seed + salt + next(numbers)) % 2**32)

        observer = Observer(self._function, begin)
        with np.errstate(all="ignore"):
            try:
                self._probe(submission, np.random.default_rng(self._seed), observer)
            except CallTimedOut:
                observer.timed_out = True
        return observer

    def _describe(
        self, match: Match, observer: Observer, units: Mapping[Unit, Observation], right: Observer
    ) -> Diagnosis:
        bug = self._bugs[match.trace.label]
        seen = {unit: units[unit] for unit in match.shown_by}
        told = describe_cases(seen, right) if bug.by_cases else describe(seen, observer.words, right)
        evidence = " ".join(filter(None, (told, bug.because)))
        return Diagnosis(bug.name, bug.title, bug.hint, evidence, picture_of(seen, right))

    @cached_property
    def _right(self) -> Observer:
        observer = self._recall([self._reference])
        for case in observer.cases.values():
            if case.crash is not None:
                said = f"{case.crash.kind}: {case.crash.text}".removesuffix(": ")
                raise CourseError(f'the probe fails for the right answer, in the case "{case.name}": {said}')
        return observer

    @cached_property
    def _observed(self) -> tuple[tuple[KnownBug, Observer], ...]:
        """What each bug does. Another grader may be finding that out at the same time: each begins somewhere else and takes
        what is not known yet, so that they share the work.
        """
        found: dict[str, Observer] = {}
        bugs = random.Random(os.getpid()).sample(list(self._bugs.values()), len(self._bugs))
        unknown = (bug for bug in bugs if not self._memory.knows(self._text(bug)))  # when its turn comes
        for bug in itertools.chain(unknown, bugs):
            if bug.label not in found:
                with suppress(Exception):  # a file that does not run names nothing, and `verify` says so
                    found[bug.label] = self._recall([self._reference, bug.source])
        self._memory.forget_others()
        return tuple((bug, found[label]) for label, bug in self._bugs.items() if label in found)

    def _traces(self, barred: frozenset[str]) -> tuple[Trace, ...]:
        """What each bug is known by where these cases say nothing; for most submissions that is none."""
        if barred not in self._known:
            if len(self._known) >= KEPT_TRACES:
                self._known.clear()
            right = self._right.without(barred)
            units = right.units()
            self._known[barred] = tuple(
                make_trace(bug.name, bug.label, seen.units(right), units, by_cases=bug.by_cases)
                for bug, seen in self._observed
            )
        return self._known[barred]

    def _text(self, bug: KnownBug) -> str:
        return "\0".join([self._reference, bug.source])

    def _recall(self, sources: Sequence[str]) -> Observer:
        return self._memory.recall("\0".join(sources), lambda: self.observe(self._submissions(sources)))


def _one_each(matches: Sequence[Match]) -> list[Match]:
    """One match for each bug, whichever of its variants it was."""
    return list({match.trace.name: match for match in reversed(matches)}.values())[::-1]
