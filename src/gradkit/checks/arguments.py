"""Arguments that a function must leave alone: a call in, its result or the argument that was changed out."""

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from gradkit.checks.messages import count, element, fail


def check_arguments_unchanged(
    function: Callable[..., Any],
    *args: Any,
    names: Sequence[str | None],
    case: str | None = None,
) -> Any:
    """Call `function(*args)`, check that it changed none of its arguments in place, and return what it returned.

    `names` has a name for each argument, or None for one that the function may change (a cache of its own, say). Arrays
    are compared bit for bit with their dtype and shape, without a tolerance, so NaN equals itself; also those inside
    dicts, lists and tuples.

    A function that runs in another process has an attribute `returning_arguments`: called with the arguments, it
    returns `(result, arguments)`, the latter a tuple of the positional arguments as they are there after the call.
    Any other function is given deep copies, so `args` stay as they are and nothing that it keeps hold of can change
    them later.

    Raises CheckFailure naming the argument, the place in it and how much was changed; ValueError where `names` are not
    as many as `args`.

    >>> def double(x):
    ...     x *= 2
    ...     return x
    >>> check_arguments_unchanged(double, np.ones(3), names=["x"])
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: x[0]: changed in place; 3 of 3 elements were changed; the function may not change ...
    """
    if len(names) != len(args):
        raise ValueError(f"{len(args)} arguments, but {len(names)} names")
    before = tuple(_copy(arg) for arg in args)
    remote = getattr(function, "returning_arguments", None)
    if remote is not None:
        result, after = remote(*args)
    else:
        after = tuple(_copy(arg) for arg in args)
        result = function(*after)
    check_same_arguments(after, before, names=names, case=case)
    return result


def check_same_arguments(
    after: object, before: Sequence[Any], *, names: Sequence[str | None], case: str | None = None
) -> None:
    """Check that arguments `after` a call are what they were `before` it, as `check_arguments_unchanged` does.

    `names` has a name for each argument, or None for one that may change. Arrays are compared bit for bit, without a
    tolerance. For calls that are planned: `submission.f.plan_returning_arguments` gives `(result, after)`.

    Raises CheckFailure naming the argument, the place in it and how much was changed; ValueError where `names` are not
    as many as the arguments.

    >>> check_same_arguments((np.array([1.0, 3.0]),), (np.array([1.0, 2.0]),), names=["x"])
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: x[1]: changed in place; 1 of 2 elements were changed; the function may not change ...
    """
    if len(names) != len(before):
        raise ValueError(f"{len(before)} arguments, but {len(names)} names")
    if not isinstance(after, tuple | list) or len(after) != len(before):
        fail("arguments", "the call did not hand its arguments back", case)
    for name, old, new in zip(names, before, after, strict=True):
        change = None if name is None else _find_change(name, old, new)
        if change is not None:
            fail(change[0], f"{change[1]}; the function may not change its arguments, work on a copy", case)


def _copy(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001 - an opaque value may refuse in any way; it then goes in as it is
        return value


def _find_change(place: str, old: Any, new: Any) -> tuple[str, str] | None:
    if isinstance(old, np.ndarray):
        return _find_array_change(place, old, new)
    if isinstance(old, dict):
        return _find_dict_change(place, old, new)
    if isinstance(old, list | tuple):
        if not isinstance(new, type(old)) or len(new) != len(old):
            return place, "its items were changed"
        changes = (_find_change(f"{place}[{i}]", a, b) for i, (a, b) in enumerate(zip(old, new, strict=True)))
        return next((change for change in changes if change), None)
    if isinstance(old, bool | int | float | complex | str | bytes | np.generic) or old is None:
        same = type(new) is type(old) and (new == old or (new != new and old != old))
        return None if same else (place, "it was given another value")
    return None


def _find_dict_change(place: str, old: dict[Any, Any], new: Any) -> tuple[str, str] | None:
    if not isinstance(new, dict):
        return place, "it is no dictionary any more"
    for key in old.keys() | new.keys():
        if key not in old:
            return place, f"the key {str(key)[:40]!r} was added"
        if key not in new:
            return place, f"the key {key!r} was removed"
        change = _find_change(f"{place}[{key!r}]", old[key], new[key])
        if change:
            return change
    return None


def _find_array_change(place: str, old: np.ndarray[Any, Any], new: Any) -> tuple[str, str] | None:
    if not isinstance(new, np.ndarray) or new.shape != old.shape or new.dtype != old.dtype:
        return place, "its shape or dtype was changed in place"
    if old.dtype.hasobject or old.tobytes() == new.tobytes():
        return None
    items = (np.frombuffer(a.tobytes(), np.uint8).reshape(old.size, old.itemsize) for a in (old, new))
    changed = np.flatnonzero(np.not_equal(*items).any(axis=1))
    index = tuple(int(i) for i in np.unravel_index(int(changed[0]), old.shape))
    return element(place, index), f"changed in place; {len(changed)} of {count(old.size, 'elements')} were changed"
