"""What happened in a student's process, in words that the student understands."""

import re
import signal
from collections.abc import Mapping
from typing import Any

from gradkit.sandbox import wire

_GONE_FROM_NUMPY = {
    "int": "int", "float": "float", "bool": "bool", "object": "object", "complex": "complex", "str": "str",
    "long": "int", "float_": "np.float64", "complex_": "np.complex128", "Inf": "np.inf", "Infinity": "np.inf",
    "NaN": "np.nan", "product": "np.prod", "cumproduct": "np.cumprod", "sometrue": "np.any", "alltrue": "np.all",
    "in1d": "np.isin", "row_stack": "np.vstack", "trapz": "np.trapezoid", "pad": "np.pad", "asscalar": "x.item()",
}  # fmt: skip
_NO_ATTRIBUTE = re.compile(r"module 'numpy(?:\.(\w+))?' has no attribute '(\w+)'")


def explain_error(subject: str, error: Any, here: str = "") -> str:
    """One sentence for the exception that a worker described; `error` is untrusted.

    `here` is the label of the cell that the sentence is about anyway: it is not said twice.
    """
    fields: Mapping[str, Any] = error if isinstance(error, dict) else {}
    kind, text, name = (
        text_of(fields, "type", 80) or "an exception",
        text_of(fields, "text", 300),
        text_of(fields, "name", 80),
    )
    place = _place(fields, here)
    gone = _NO_ATTRIBUTE.match(text)
    if kind == "NotImplementedError":
        return f"{subject} is not written yet (NotImplementedError)"
    if kind in ("SystemExit", "KeyboardInterrupt"):
        return f"{subject} called exit(){place}; that ends the program, nothing was returned"
    if kind in ("NameError", "UnboundLocalError") and name:
        missing = "none of your cells leaves it defined" if kind == "NameError" else "it has no value on this path"
        return f"{subject} uses the name {name!r}, and {missing}{place}"
    if gone:
        attribute = ".".join(filter(None, gone.groups()))
        instead = _GONE_FROM_NUMPY.get(gone[2])
        step = f"; write {instead}" if instead else ""
        return f"{subject} crashed: NumPy has no np.{attribute} (any more){place}{step}. This is no wrong value"
    if kind == "WireError":
        return f"{subject} returned what can't be read: {text}"
    if kind == "MemoryError":
        return f"{subject} asked for more memory than a submission may use{place}"
    if kind == "RecursionError":
        return f"{subject} calls itself without end{place}"
    if kind == "TypeError" and not place:
        return f"{subject} can't be called the way the exercise calls it: {text}"
    return f"{subject} stopped with {kind}{': ' + text if text else ''}{place}"


def explain_missing(name: str, found: Any, near: Any) -> str:
    """Why a function can't be called, from what stands in its place and the name most like it; both are untrusted."""
    if found != "absent":
        kind = wire.printable(found, 80) if isinstance(found, str) else "something"
        return f"{name} is {kind}, not a function"
    like = wire.printable(near, 80) if isinstance(near, str) else ""
    return f"{name} is not defined by any cell that ran" + (f"; is it the function called {like}?" if like else "")


def explain_end(status: int | None, cpu_seconds: float) -> str:
    """Why a student's process is gone, from its exit status (128 + signal where a signal ended it)."""
    number = (status or 0) - 128
    if status == wire.OUT_OF_MEMORY:
        return "it left no memory to go on"
    if number == signal.SIGXCPU:
        return f"it used more than {cpu_seconds:g} s of processor time"
    if number == signal.SIGKILL:
        return "its process was killed from outside; did the machine run out of memory?"
    if number == signal.SIGSEGV:
        return "Python itself crashed (segmentation fault); as_strided with wrong strides does that"
    if number > 0:
        return f"it was ended by signal {number}"
    if status is None:
        return "it closed its connection to the grader"
    return f"it ended Python itself (exit status {status})"


def describe_value(value: Any) -> str:
    """`value` in a few words: its type, and its shape where it has one."""
    shape = getattr(value, "shape", None)
    if value is None:
        return "None"
    if isinstance(shape, tuple):
        return f"an array of shape {shape}"
    if isinstance(value, tuple | list):
        return f"a {type(value).__name__} of {len(value)} values"
    return f"a value of type {getattr(value, 'type_name', type(value).__name__)}"


def _place(fields: Mapping[str, Any], here: str) -> str:
    label, line, code = text_of(fields, "label", 120), fields.get("line"), text_of(fields, "code", 160)
    if not label or type(line) is not int or not 0 <= line < 10**6:
        return ""
    where = f"line {line}" if label == here else f"{label}, line {line}"
    return f" ({where}: {code})" if code else f" ({where})"


def text_of(fields: Mapping[str, Any], key: str, limit: int) -> str:
    """A printable text out of an untrusted message; empty where there is none."""
    value = fields.get(key)
    return wire.printable(value, limit) if isinstance(value, str) else ""
