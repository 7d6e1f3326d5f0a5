"""What a student returned, as an array of numbers: anything in, a real numeric array or a CheckFailure out."""

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import DTypeLike, NDArray

from gradkit.checks.messages import count, element, fail, number

if TYPE_CHECKING:
    from collections.abc import Sized

_REFUSED_KINDS = {
    "c": "complex numbers",
    "O": "Python objects",
    "U": "text",
    "S": "bytes",
    "M": "dates",
    "m": "time spans",
    "V": "records",
}


def as_array(value: object, name: str, *, case: str | None = None) -> NDArray[Any]:
    """Return `value` as a plain ndarray of real numbers (float, integer or boolean), in its own dtype and shape.

    Arrays, NumPy scalars and Python numbers are accepted, the last two as 0-d arrays. A list or tuple is refused even
    if it holds numbers: the exercises ask for arrays, and a list would pass here only to break in the student's next
    layer. The value is never converted through a method of its own (`__array__`, `__float__`, `__iter__`), so that no
    object can answer for itself. NaN and infinity are accepted; `check_finite` is the check for them.

    Raises CheckFailure for everything else.

    >>> as_array(2, "x")
    array(2)
    >>> as_array([1.0, 2.0], "x")
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: x: expected a NumPy array, got a list of 2 items
    """
    if value is None:
        fail(name, "expected a NumPy array, got None; does the function return what it computes?", case)
    if type(value) in (bool, int, float):
        return _number_as_array(value, name, case)
    if type(value) in (list, tuple, dict, set):
        kind, length = type(value).__name__, len(cast("Sized", value))
        fail(name, f"expected a NumPy array, got a {kind} of {count(length, 'items')}", case)
    if not issubclass(type(value), np.ndarray | np.generic):
        fail(name, f"expected a NumPy array, got {_describe_type(value)}", case)
    if issubclass(type(value), np.ma.MaskedArray):
        fail(name, "expected a plain NumPy array, got a masked array", case)
    array = np.asarray(value)
    if array.dtype.kind not in "fiub":
        kind = _REFUSED_KINDS.get(array.dtype.kind, "no real numbers")
        fail(name, f"expected an array of real numbers, got an array of {kind} (dtype {array.dtype.name})", case)
    return array


def _describe_type(value: object) -> str:
    """Name a value's type; one that stands for an object in another process tells `type_name` and `reason` itself."""
    try:
        name, reason = getattr(value, "type_name", None), getattr(value, "reason", None)
    except Exception:  # noqa: BLE001 - whatever an unknown object does when it is asked, it is no array
        name = reason = None
    kind = name[:60] if type(name) is str else type(value).__name__
    reason = reason[:200] if type(reason) is str else ""
    return reason if reason.startswith("an array") else f"a value of type {kind!r}" + (f" ({reason})" if reason else "")


def _number_as_array(value: object, name: str, case: str | None) -> NDArray[Any]:
    array = np.asarray(value)
    if array.dtype.kind == "O":
        fail(name, "expected a NumPy array, got an integer too large for any NumPy type", case)
    return array


def check_shape(got: object, expected: tuple[int, ...], *, name: str, case: str | None = None) -> NDArray[Any]:
    """Check that `got` is an array of shape `expected`, and return it as an ndarray.

    Raises CheckFailure; the message says so where the axes are in another order, one of length 1 is missing or left over,
    the array is empty, or a single axis differs.

    >>> check_shape(np.zeros((3, 2)), (2, 3), name="dx")
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: dx: expected shape (2, 3), got (3, 2); the axes are in another order
    """
    array = as_array(got, name, case=case)
    expected = tuple(int(size) for size in expected)
    if array.shape != expected:
        reason = _explain_shape(array.shape, expected)
        fail(name, f"expected shape {expected}, got {array.shape}{reason}", case)
    return array


def _explain_shape(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    if len(got) == len(expected):
        if sorted(got) == sorted(expected):
            return "; the axes are in another order"
        if 0 in got:
            return "; the array is empty: was it sliced with pad:-pad at pad 0, or by a range that ends too soon?"
        wrong = [axis for axis, sizes in enumerate(zip(got, expected, strict=True)) if sizes[0] != sizes[1]]
        return f"; only axis {wrong[0]} differs" if len(wrong) == 1 else ""
    if tuple(size for size in got if size != 1) == tuple(size for size in expected if size != 1):
        return "; an axis of length 1 is " + ("missing" if len(got) < len(expected) else "left over")
    return f"; {len(expected)} axes expected, {len(got)} came" if len(expected) != 1 else "; one axis expected"


def check_dtype(got: object, expected: DTypeLike, *, name: str, case: str | None = None) -> NDArray[Any]:
    """Check that `got` is an array of dtype `expected` in native byte order, and return it as an ndarray.

    Raises CheckFailure.

    >>> check_dtype(np.zeros(2, dtype=np.float32), np.float64, name="out")
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: out: expected dtype float64, got float32
    """
    array = as_array(got, name, case=case)
    wanted = np.dtype(expected)
    if array.dtype != wanted:
        fail(name, f"expected dtype {wanted.name}, got {array.dtype.name}", case)
    return array


def check_finite(got: object, *, name: str, case: str | None = None) -> NDArray[Any]:
    """Check that `got` is an array without NaN and infinity, and return it as an ndarray.

    Raises CheckFailure with the first place and how many there are.

    >>> check_finite(np.array([1.0, np.nan]), name="out")
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: out[1]: expected a finite number, got NaN; 1 of 2 elements are NaN or infinite
    """
    array = as_array(got, name, case=case)
    bad = ~np.isfinite(array)
    if bad.any():
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        what = f"{np.count_nonzero(bad)} of {count(array.size, 'elements')} are NaN or infinite"
        value = "NaN" if np.isnan(array[index]) else "infinity"
        fail(element(name, index), f"expected a finite number, got {value}; {what}", case)
    return array


def check_nonzero(got: object, *, name: str, share: float = 0.0, case: str | None = None) -> NDArray[Any]:
    """Check that more than `share` (0 to 1) of the elements of `got` are other than zero; by default: at least one.

    The comparison with zero is exact: the tolerance is 0. NaN and infinity are refused. Returns the ndarray.

    Raises CheckFailure.

    >>> check_nonzero(np.array([0.0, 0.0, 1e-30]), name="dx")
    array([0.e+00, 0.e+00, 1.e-30])
    >>> check_nonzero(np.array([0.0, 0.0, 1.0]), name="dx", share=0.5)
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: dx: only 1 of 3 elements are not zero
    """
    array = check_finite(got, name=name, case=case)
    nonzero = int(np.count_nonzero(array))
    if nonzero == 0 or nonzero <= share * array.size:
        some = f"only {nonzero} of {count(array.size, 'elements')} are not zero"
        fact = some if nonzero else "every element is zero"
        fail(name, fact, case)
    return array


def check_magnitude(
    got: object, *, largest: float, smallest: float = 0.0, name: str, case: str | None = None
) -> NDArray[Any]:
    """Check that each element `g` of `got` that is not zero has a size `smallest <= |g| <= largest`; return the ndarray.

    Both bounds count as allowed, without a tolerance. NaN and infinity are refused. A check that compares two things of a
    student's own with each other needs such bounds: a tolerance relative to numbers of the student's choice can be made
    as wide as one likes.

    Raises CheckFailure with the first place.

    >>> check_magnitude(np.array([0.0, 5.0, 1e9]), largest=1e4, name="out")
    Traceback (most recent call last):
    gradkit.errors.CheckFailure: out[2]: 1e+09 is out of all proportion; at most 10000 was expected
    """
    array = check_finite(got, name=name, case=case)
    sizes = np.abs(array.astype(np.float64))
    outside = (sizes != 0) & ~((sizes >= smallest) & (sizes <= largest))
    if outside.any():
        index = tuple(int(i) for i in np.argwhere(outside)[0])
        fact = f"{number(float(array[index]))} is out of all proportion; at most {number(largest)} was expected"
        fail(element(name, index), fact, case)
    return array
