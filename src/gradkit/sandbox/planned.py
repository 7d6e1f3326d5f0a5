"""Calls that are made together: functions with their arguments in, what came of each out, up to the first that fails."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradkit.errors import SubmissionFailure
from gradkit.sandbox import wire


@dataclass(frozen=True, slots=True)
class Part:
    """An argument that is not known yet: part `index` of what call number `call` of the same list will return."""

    call: int
    index: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A call to be made; only its positional arguments may be a Part. With `arguments` they are wanted as they are afterwards."""

    function: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    arguments: bool = False


@dataclass(frozen=True, slots=True)
class ForCheck:
    """Calls of one check, which begins with this seed; None where it has begun before."""

    seed: int | None
    asked: Sequence[Asked]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: its value and, where they were wanted, its arguments afterwards; or why there is no value."""

    value: Any = None
    after: tuple[Any, ...] = ()
    failure: SubmissionFailure | None = None


Make = Callable[[str, Sequence[Any], Mapping[str, Any], bool], tuple[Any, tuple[Any, ...]]]


def make_in_turn(call: Make, asked: Sequence[Asked]) -> list[Outcome]:
    """Make calls one by one. Ends after one that fails, and before one whose Part does not exist."""
    outcomes: list[Outcome] = []
    for each in asked:
        values = [outcome.value for outcome in outcomes]
        if not all(wire.has_part(values[arg.call], arg.index) for arg in each.args if isinstance(arg, Part)):
            break
        args = [values[arg.call][arg.index] if isinstance(arg, Part) else arg for arg in each.args]
        try:
            outcomes.append(Outcome(*call(each.function, args, each.kwargs, each.arguments)))
        except SubmissionFailure as failure:
            outcomes.append(Outcome(failure=failure))
            break
    return outcomes
