"""Observations of a submission in; sentences and a picture for the student, in numbers of the student's own run, out."""

import builtins
from collections.abc import Mapping, Sequence

import numpy as np

from gradkit.bugs.matching import deviations, is_result
from gradkit.bugs.observing import Crash, Fact, Observation, Observer, Rate, Unit, Value, is_telling
from gradkit.results import Share, Shares

MOST_SENTENCES = 2
MOST_ROWS = 6
_EXCEPTIONS = frozenset(
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
)
"""Names that are told; any other is the student's own, and could say what a page is not to show."""

Seen = Mapping[Unit, Observation]


def describe(seen: Seen, words: Mapping[str, str], right: Observer) -> str:
    """The units that show a bug, in a few sentences; `words` has a part's wording where the probe gave it one."""
    sentences = [_crashes(seen, right)]
    for part, found in _by_part(seen).items():
        sentences.append(_told(found, words[part]) if words.get(part) else _compared(part, found, right))
    return " ".join([sentence for sentence in sentences if sentence][:MOST_SENTENCES])


def describe_cases(seen: Seen, right: Observer) -> str:
    """The cases that show a bug which is known by them; how they go wrong is not compared, and not told."""
    wrong = list(dict.fromkeys(case for case, _ in seen if any(part in right.cases[case].parts for _, part in seen)))
    return f"What comes out is wrong, or nothing does, in {len(wrong)} of {len(right.cases)} cases that were tried; the first: {wrong[0]}."


def picture_of(seen: Seen, right: Observer) -> Shares | None:
    """The shares that show a bug, where it shows in shares whose right value is known."""
    for part, found in _by_part(seen).items():
        rows = [
            Share(case, round(rate.hits / rate.n, 6), rate.asked)
            for case, rate in found.items()
            if isinstance(rate, Rate) and rate.asked is not None
        ]
        if rows:
            return Shares(_capital(part), tuple(rows[:MOST_ROWS]))
    return None


def find_conditions(units: Seen, right: Observer) -> str:
    """For each part that is wrong in some cases alone: the condition that holds in each of them and in no other.

    The parts are the results; signs where a probe looks at signs alone.
    """
    right_units = right.units()
    wrong: dict[str, set[str]] = {}
    for case, part in deviations(units, right_units):
        wrong.setdefault(part, set()).add(case)
    told: dict[str, list[str]] = {}
    results = [part for part in dict.fromkeys(part for _, part in right_units) if is_result(part, right_units)]
    for part in results or dict.fromkeys(part for _, part in right_units):
        sentence = _condition(part, wrong.get(part, set()), right)
        if sentence:
            told.setdefault(sentence, []).append(part)
    if len(told) == 1 and len(results or wrong) == len(next(iter(told.values()))):
        return f"Wrong only when {next(iter(told))}"
    return "\n".join(
        f"{_and([_capital(parts[0]), *parts[1:]])}: wrong only when {sentence}" for sentence, parts in told.items()
    )


def _condition(part: str, wrong: set[str], right: Observer) -> str:
    tried = [case for case in right.cases.values() if part in case.parts]
    if not wrong or len(wrong) == len(tried):
        return ""
    for condition in dict.fromkeys(condition for case in tried for condition in case.conditions):
        if {case.name for case in tried if condition in case.conditions} == wrong:
            n, others = len(wrong), len(tried) - len(wrong)
            return f"{condition}: in {n} of {n} such cases that were tried, and in 0 of {others} others."
    return ""


def _crashes(seen: Seen, right: Observer) -> str:
    crashes = {case: crash for (case, _), crash in seen.items() if isinstance(crash, Crash)}
    if not crashes:
        return ""
    case, crash = next(iter(crashes.items()))
    kind = f" with {crash.kind}" if crash.kind in _EXCEPTIONS else ""
    return f"It stops{kind} in {len(crashes)} of {len(right.cases)} cases that were tried; the first: {case}."


def _told(found: Mapping[str, Observation], words: str) -> str:
    values = list(dict.fromkeys(map(_in_words, found.values())))
    return f"{words.format(_and(values))} {_join_cases(list(found))}."


def _compared(part: str, found: Mapping[str, Observation], right: Observer) -> str:
    """For arrays, which have no words: that they are what the mistake gives, and one number of them."""
    tried = sum(part in case.parts for case in right.cases.values())
    case, first = next(iter(found.items()))
    same = f"In {len(found)} of {tried} cases {part} is what this mistake gives"
    if not isinstance(first, Value) or first.array.ndim == 0:
        return f"{same}; {case} it is {_in_words(first)}."
    return f"{same}, number for number; {case}, {_element(part, first, right.cases[case].parts.get(part))}."


def _element(part: str, own: Value, right: Observation | None) -> str:
    """The element that is off the most, or the shape where that is wrong."""
    if not isinstance(right, Value) or right.array.shape != own.array.shape or own.array.ndim == 0:
        return f"{part} has the shape {own.array.shape}"
    error = np.abs(np.nan_to_num(own.array.astype(np.float64) - right.array))
    index = np.unravel_index(int(error.argmax()), error.shape)
    return f"{part}[{', '.join(str(int(i)) for i in index)}] is {float(own.array[index]):.6g}"


def _by_part(seen: Seen) -> dict[str, dict[str, Observation]]:
    found: dict[str, dict[str, Observation]] = {}
    for (case, part), observation in seen.items():
        if not isinstance(observation, Crash) and is_telling(observation):
            found.setdefault(part, {})[case] = observation
    return found


def _in_words(observation: Observation) -> str:
    match observation:
        case Rate(hits, n):
            return f"{100 * hits / n:.1f} %"
        case Value(array):
            return f"{float(array):.6g}" if array.ndim == 0 else f"an array of shape {array.shape}"
        case Fact(text):
            return text
    raise TypeError(observation)


def _join_cases(cases: Sequence[str]) -> str:
    """Cases that differ in their last word alone are told in one go: "in training mode at p = 0.25, 0.5 and 0.9"."""
    starts = {case.rpartition(" ")[0] for case in cases}
    if len(cases) > 1 and len(starts) == 1:
        return f"{starts.pop()} {_and([case.rpartition(' ')[2] for case in cases])}"
    return cases[0] if len(cases) == 1 else f"{cases[0]} and in {len(cases) - 1} more cases"


def _and(items: Sequence[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def _capital(part: str) -> str:
    """A part as the start of a line; a name such as `dx` stays as it is."""
    return part if part.isidentifier() else part[:1].upper() + part[1:]
