"""Which known bugs explain a submission: what each shows in the probe in, the bugs that are certain out.

A unit is one part of one case. A bug's *deviations* are the units where it differs from the right answer, and its *keys*
those of them by which it is known:

- Where it shows in signs (rates, numbers, facts: what a probe has words for), these are its keys. However the results
  and crashes that come with them may look, the signs say what the mistake is, and many programs make the same mistake.
- A bug that shows in results alone is known by them, number for number.
- A bug that says of itself that it is known by its cases has no keys: what counts is in which cases results are wrong.

A set of bugs explains a submission if the submission does what each bug does in the keys that no other of them changes,
and if what is left of its own deviations lies in parts that none of them touches.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from gradkit.bugs.observing import Crash, Observation, Unit, Value, agree, is_telling

LARGEST_SET = 3
"""More mistakes than this in one function are not told apart."""

Units = Mapping[Unit, Observation]


@dataclass(frozen=True, slots=True)
class Trace:
    """What one bug, or one variant of it, does in a probe."""

    name: str
    label: str
    units: Units
    deviations: frozenset[Unit]
    keys: frozenset[Unit]
    results: frozenset[str]
    """The parts of the bug's deviations that are results, not signs."""
    by_cases: str = ""
    """"some" or "all" where the bug is known by its cases."""

    @property
    def crashes(self) -> frozenset[str]:
        """The cases that the bug does not get through."""
        return _crashes(self.units, self.deviations)


@dataclass(frozen=True, slots=True)
class Match:
    """A bug that explains a submission, and the units that show it and no other bug."""

    trace: Trace
    shown_by: tuple[Unit, ...]


def deviations(units: Units, right: Units) -> frozenset[Unit]:
    """The units in which an implementation differs from the right one."""
    return frozenset(unit for unit, observation in units.items() if not agree(observation, right[unit]))


def make_trace(name: str, label: str, units: Units, right: Units, *, by_cases: str = "") -> Trace:
    """Find out by what a bug is known."""
    found = deviations(units, right)
    results = frozenset(part for part in {part for _, part in found} if is_result(part, right))
    signs = frozenset(unit for unit in found if unit[1] not in results and is_telling(units[unit]))
    said = frozenset(unit for unit in signs if not isinstance(units[unit], Crash))
    keys = frozenset() if by_cases else said or signs or found
    return Trace(name, label, units, found, keys, results, by_cases)


def is_result(part: str, right: Units) -> bool:
    """Whether a part is an array that was returned, and no sign."""
    return any(isinstance(right[unit], Value) and right[unit].is_result for unit in right if unit[1] == part)  # type: ignore[union-attr]


Conditions = Mapping[str, Collection[str]]
"""What is true of each case, in words."""


def find_matches(submission: Units, right: Units, traces: Sequence[Trace], conditions: Conditions) -> tuple[Match, ...]:
    """The bugs that are in every best explanation; none where nothing explains the submission.

    An explanation is better the fewer parts it leaves unexplained, then the fewer bugs it needs, then the fewer units it
    leaves open because two of its bugs meet there, then the closer cases and crashes are to what the bugs do.
    """
    wrong = deviations(submission, right)
    search = _Search(submission, wrong, _crashes(submission, wrong), conditions)
    candidates = [trace for trace in traces if search.is_candidate(trace)]
    best: list[tuple[Trace, ...]] = []
    best_rank: _Rank | None = None
    for size in range(1, LARGEST_SET + 1):
        for chosen in combinations(candidates, size):
            rank = search.rank(chosen)
            if rank is None:
                continue
            if best_rank is None or rank < best_rank:
                best, best_rank = [chosen], rank
            elif rank == best_rank:
                best.append(chosen)
        if best_rank is not None and best_rank[0] == 0:
            break
    return tuple(search.certain(best))


def _crashes(units: Units, found: frozenset[Unit]) -> frozenset[str]:
    return frozenset(unit[0] for unit in found if isinstance(units[unit], Crash))


_Rank = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Search:
    submission: Units
    wrong: frozenset[Unit]
    crashes: frozenset[str]
    conditions: Conditions

    def is_candidate(self, trace: Trace) -> bool:
        if trace.by_cases:
            return bool(self.wrong & trace.deviations)
        return any(unit in self.wrong and self._does_the_same(trace, unit) for unit in trace.keys)

    def rank(self, chosen: Sequence[Trace]) -> _Rank | None:
        """How good an explanation these bugs are; None where they are none."""
        touched: set[Unit] = set()
        shown: set[str] = set()
        open_units: set[Unit] = set()
        distance = 0
        for trace in chosen:
            others = [other for other in chosen if other is not trace]
            found = self._distance_of_cases(trace, others) if trace.by_cases else self._distance(trace, others)
            if found is None:
                return None
            distance += found
            open_units |= trace.keys - self._alone(trace, others)
            touched |= self._touched(trace)
            shown |= {part for _, part in trace.keys}
        left = {part for _, part in self.wrong - touched}
        if left & shown or not open_units <= self.wrong:
            return None
        return len(left), len(chosen), len(open_units), distance

    def certain(self, best: Sequence[tuple[Trace, ...]]) -> Iterable[Match]:
        """The bugs of every best explanation, each with the submission's units that show it."""
        if not best:
            return
        names = set.intersection(*({trace.name for trace in chosen} for chosen in best))
        for trace in best[0]:
            if trace.name in names:
                others = [other for other in best[0] if other is not trace]
                shown = self._touched(trace) & self.wrong if trace.by_cases else self._alone(trace, others)
                yield Match(trace, tuple(unit for unit in self.submission if unit in shown))

    def _distance(self, trace: Trace, others: Sequence[Trace]) -> int | None:
        alone = self._alone(trace, others)
        if not any(unit in self.wrong and is_telling(self.submission[unit]) for unit in alone):
            return None
        if not all(self._does_the_same(trace, unit) for unit in alone):
            return None
        if any(unit not in self.wrong and not self._does_the_same(trace, unit) for unit in self._spread(trace)):
            return None
        return sum(not agree(self.submission[unit], trace.units[unit]) for unit in alone)

    def _distance_of_cases(self, trace: Trace, others: Sequence[Trace]) -> int | None:
        """How many of the bug's cases come out right; None where others are wrong, or none of its plainest cases is."""
        explained = frozenset().union(*(self._touched(other) for other in others))
        theirs = {case for case, part in trace.deviations - explained if part in trace.results}
        own = {case for case, part in self.wrong - explained if part in trace.results}
        fewest = len(theirs) if trace.by_cases == "all" else len(theirs) / 3
        if not own or not own <= theirs or len(own) < fewest:
            return None
        least = min(len(self.conditions[case]) for case in theirs)
        plainest = {case for case in theirs if len(self.conditions[case]) == least}
        return 1 + len(theirs - own) if own & plainest else None

    def _spread(self, trace: Trace) -> frozenset[Unit]:
        """Where the bug deviates in the parts by which it is known: a submission with this bug can't be right there."""
        parts = {part for _, part in trace.keys} - trace.results
        return frozenset(unit for unit in trace.deviations if unit[1] in parts)

    def _alone(self, trace: Trace, others: Sequence[Trace]) -> frozenset[Unit]:
        """The bug's keys in which none of the others deviates."""
        return trace.keys.difference(*(other.deviations for other in others))

    def _touched(self, trace: Trace) -> frozenset[Unit]:
        """The units that a bug explains: its deviations, and where results are no keys, these parts as a whole.

        A crash takes with it what else the case would have shown.
        """
        fallen = self.crashes & {case for case, _ in trace.deviations}
        fell = frozenset(unit for unit in self.wrong if unit[0] in fallen)
        if trace.by_cases:
            cases = {case for case, part in trace.deviations if part in trace.results}
            return trace.deviations | fell | {unit for unit in self.wrong if unit[0] in cases}
        loose = trace.results - {part for _, part in trace.keys}
        return trace.deviations | fell | {unit for unit in self.wrong if unit[1] in loose}

    def _does_the_same(self, trace: Trace, unit: Unit) -> bool:
        """A crash has to come in the same cases, and to say the same unless a condition tells these cases from all others."""
        own, theirs = self.submission[unit], trace.units[unit]
        if isinstance(own, Crash) and isinstance(theirs, Crash) and own.raised and theirs.raised:
            return self.crashes == trace.crashes and (agree(own, theirs) or self._is_a_condition(trace.crashes))
        return agree(own, theirs)

    def _is_a_condition(self, cases: frozenset[str]) -> bool:
        """Whether a condition tells these cases, fewer than half, from all others."""
        if 2 * len(cases) >= len(self.conditions):
            return False
        words = {words for case in cases for words in self.conditions[case]}
        return any(cases == {case for case, true in self.conditions.items() if name in true} for name in words)
