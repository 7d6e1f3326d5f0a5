"""Calls that a check made in; code that makes calls like them, for the student's own notebook, out.

Shapes, dtypes and settings are the check's; numbers are drawn anew, so nothing of a hidden test is told but what kind of
input it tries.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_CALLS = 3
"""Where a check makes more calls than this, the last is shown, with those whose values it takes."""
MOST_PRINTED = 60
"""Elements of an array that a person reads; of a larger one, its mean and the share that is not zero are printed."""
LONGEST_TEXT = 60
LARGEST_LITERAL = 10_000
"""Larger integers are drawn by chance, as seeds are: small numbers stand for them, the same for the same."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a student's function; `value` is None where it returned none.

    `after` has the arguments as they were after the call, where the check has asked for them.
    """

    function: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    value: Any = None
    returned: bool = False
    after: tuple[Any, ...] = ()


def write_code(
    calls: Sequence[Call],
    parameters: Mapping[str, Sequence[str]],
    returns: Mapping[str, Sequence[str]],
    function: str = "",
) -> str:
    """Code that repeats the last calls with other numbers; empty where there was no call.

    `parameters` and `returns` have the names of a function's arguments and of what it returns. Where the check is about one
    `function`, calls after its last one only looked into what it had returned, and are left out.
    """
    ends = [number for number, call in enumerate(calls, start=1) if call.function == function]
    calls = calls[: ends[-1]] if ends else calls
    if not calls:
        return ""
    writer = _Writer(parameters, returns)
    shown = _to_show(calls)
    for call in shown:
        writer.write(call, printed=call.function == shown[-1].function)
    return writer.text()


def _to_show(calls: Sequence[Call]) -> list[Call]:
    if len(calls) <= MOST_CALLS:
        return list(calls)
    chosen = [calls[-1]]
    for call in reversed(calls[:-1]):
        made = {id(part) for part in [*_parts(call.value), *call.after] if _is_object(part)}
        if any(id(arg) in made for later in chosen for arg in (*later.args, *later.kwargs.values())):
            chosen.insert(0, call)
    return chosen


def _parts(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple | list) else [value]


@dataclass
class _Writer:
    parameters: Mapping[str, Sequence[str]]
    returns: Mapping[str, Sequence[str]]
    lines: list[str] = field(default_factory=list)
    names: dict[int, str] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)
    seeds: dict[int, int] = field(default_factory=dict)

    def write(self, call: Call, *, printed: bool) -> None:
        names = list(self.parameters.get(call.function, ()))
        names += [f"argument_{number}" for number in range(len(names), len(call.args))]
        states = dict(zip(range(len(call.args)), call.after, strict=False))
        kept = [isinstance(states.get(number), dict) for number in range(len(call.args))]
        given = [self._argument(name, arg, kept=keep) for name, arg, keep in zip(names, call.args, kept, strict=False)]
        given += [f"{name}={self._argument(name, arg)}" for name, arg in call.kwargs.items()]
        text = f"{call.function}({', '.join(given)})"
        if not call.returned:
            self.lines.append(text)
            return
        parts = _parts(call.value)
        results = list(self.returns.get(call.function, ()))
        results = results if len(results) == len(parts) else ["result"] if len(parts) == 1 else []
        results = [self._name(name, part) for name, part in zip(results, parts, strict=False)]
        self.lines.append(f"{', '.join(results)} = {text}" if results else text)
        if printed:
            self.lines += [_print(name, part) for name, part in zip(results, parts, strict=False) if _is_number(part)]
            self.lines += [f"print({name})" for name, keep in zip(given, kept, strict=False) if keep]
        for number, keep in enumerate(kept):
            if keep:  # handed to a later call, it is the dictionary that this one has changed
                self._know(given[number], states[number])

    def text(self) -> str:
        draws = any("rng." in line for line in self.lines)
        return "\n".join([*(["rng = np.random.default_rng(0)"] if draws else []), *self.lines])

    def _argument(self, name: str, value: Any, *, kept: bool = False) -> str:
        """What stands in a call; `kept` is a dictionary that gets a name, since the call may change it."""
        if _is_object(value) and id(value) in self.names:
            return self.names[id(value)]
        if not _is_array(value) and not kept:
            return self._literal(value)
        name = self._name(name, value)
        self.lines.append(f"{name} = {_made(value) if _is_array(value) else self._literal(value)}")
        return name

    def _literal(self, value: Any, key: object = "") -> str:
        """A setting as the check gave it, but for seeds."""
        if isinstance(value, dict):
            return "{" + ", ".join(f"{key!r}: {self._literal(item, key)}" for key, item in value.items()) + "}"
        if isinstance(value, list | tuple):
            inside = ", ".join(map(self._literal, value))
            return f"[{inside}]" if isinstance(value, list) else f"({inside}{',' if len(value) == 1 else ''})"
        if (
            isinstance(value, int)
            and not isinstance(value, bool)
            and ("seed" in str(key) or abs(value) > LARGEST_LITERAL)
        ):
            return str(self.seeds.setdefault(value, len(self.seeds) + 1))
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and not math.isfinite(value):
            return f'float("{value}")'
        if value is None or isinstance(value, bool | int | float | complex):
            return repr(value)
        if isinstance(value, str):
            return repr(value[:LONGEST_TEXT])
        return _made(value) if _is_array(value) else "..."

    def _name(self, wanted: str, value: Any) -> str:
        taken, name, number = set(self.names.values()), wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted}_{number}"
        if _is_object(value):
            self._know(name, value)
        else:
            self.names[-len(self.names) - 1] = name
        return name

    def _know(self, name: str, value: Any) -> None:
        self.names[id(value)] = name
        self.kept.append(value)  # as long as it is here, no other object has its id


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind in "fiub"


def _is_object(value: Any) -> bool:
    """Whether a value is known by its identity: an array or a cache, not a number that may be the same by chance."""
    return value is not None and not isinstance(value, bool | int | float | complex | str | np.generic)


def _is_number(value: Any) -> bool:
    return _is_array(value) or isinstance(value, int | float | np.number)


def _print(name: str, value: NDArray[Any]) -> str:
    if np.size(value) <= MOST_PRINTED:
        return f"print({name})"
    return f'print("{name}", {name}.shape, "mean", {name}.mean(), "not zero", np.mean({name} != 0))'


def _made(value: NDArray[Any]) -> str:
    """An expression for an array of this shape and dtype."""
    shape = repr(tuple(int(size) for size in value.shape))
    name = "bool" if value.dtype == np.bool_ else f"np.{value.dtype.name}"
    kind = "" if value.dtype == np.float64 else f".astype({name})"
    if value.size and (value == value.flat[0]).all() and value.flat[0] in (0, 1):
        return f"np.{'ones' if value.flat[0] else 'zeros'}({shape}){kind}"
    if value.dtype.kind in "iub":
        return f"rng.integers(0, 10, size={shape}){kind}"
    if value.size and float(value.min()) > 0:
        return f"rng.uniform(1.0, 2.0, size={shape}){kind}"
    return f"rng.standard_normal({shape}){kind}"
