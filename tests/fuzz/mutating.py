"""JSON trees, texts and bytes in; the same with one thing wrong out, as a program of named steps and a seed decide."""

import contextlib
import itertools
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hypothesis import strategies as st

TREE_STEPS = (
    "replace", "nudge", "wrap", "drop", "double", "swap", "repeat", "add a key", "rename", "spoil a text", "graft",
)  # fmt: skip
TEXT_STEPS = ("odd literal", "double key", "deep brackets", "stray character", "half character", "encoding", "cut tail")
BYTE_STEPS = ("cut", "flip", "set", "insert", "delete", "double slice", "append", "zero")

PROGRAMS = st.tuples(
    st.lists(st.lists(st.sampled_from(TREE_STEPS), min_size=1, max_size=4), min_size=1, max_size=3),
    st.lists(st.lists(st.sampled_from((*TEXT_STEPS, *BYTE_STEPS)), min_size=1, max_size=2), min_size=1, max_size=4),
)
"""Programs that change the tree, and those that change its text or the bytes of that."""

LITERALS = (
    "NaN", "Infinity", "-Infinity", "1e999", "-1e999", "-0", "-0.0", "1E5", "01", "0x10", "1.", ".5", "+1", "--1", "1e",
    "true", "True", "null", "undefined", "[]", "{}", '""', "5e-324", "9" * 19, "9" * 4300, "9" * 4301, "-" + "9" * 1300,
    "1" + "0" * 400 + ".5", '"\\ud800"', '"\\u0000"', '"\\udc00\\ud800"', "//", "'a'", "18446744073709551616",
)  # fmt: skip
NUMBERS = (
    -1, 0, 1, 2, 3, 4, 5, 7, 8, 32, 33, 64, 80, 255, 2**31 - 1, 2**31, 2**31 + 1, 2**32, 2**53, 2**53 + 1, 2**63 - 1, 2**63,
    -(2**63), -(2**63) - 1, 2**64, 10**30, 10**400, -(2**31), 0.0, -0.0, 0.5, 1.0, 3.5, 1e308, -1e308, 1e-320,
)  # fmt: skip
TEXTS = (
    "", " ", "\n", "\0", "a" * 65, "a" * 5000, "\ud800", "x\udfffy", "\u202e\u2066rtl", "\ufeff", "\x1b[31m", "\x1b]0;t\x07", "\r\n",
    "\x85\u2028", "é", "\U0001f600", "../../etc", "%s{0}{x}", "<script>fuzzed()</script>", "<img src=x onerror=fuzzed()>",
    "nan", "inf", "1" * 1300, "-" + "9" * 1300, "٣", "1_000", "0x1", "None", "__class__", "a,b", "\\", "`", "]]>",
)  # fmt: skip
SCALARS = (None, True, False, *NUMBERS, *TEXTS)
_TOKEN = re.compile(r'-?\d[\d.eE+-]*|true|false|null|"(?:[^"\\]|\\.)*"')
_PLACE = re.compile(r"[\[{,:]")
_NOWHERE = object()

Programs = tuple[list[list[str]], list[list[str]]]
Step = Callable[[random.Random, Any, Sequence[Any]], Any]


def program_of(programs: Programs, number: int) -> tuple[bool, list[str]]:
    """Whether the `number`th input changes the tree, as every fourth does, and the steps."""
    changes_tree = number % 4 == 0
    chosen = programs[0 if changes_tree else 1]
    return changes_tree, chosen[number // 4 % len(chosen)]


def changed_tree(rng: random.Random, tree: Any, step: str, words: Sequence[Any]) -> Any:
    """A copy of the JSON tree with one step done at one place; `words` are values that mean something to the reader."""
    if isinstance(tree, dict | list) and tree and rng.random() < 0.82:
        key = rng.choice(list(tree)) if isinstance(tree, dict) else rng.randrange(len(tree))
        copied = tree.copy()
        copied[key] = changed_tree(rng, tree[key], step, words)
        return copied
    return _STEPS[step](rng, tree, words)


def changed_text(rng: random.Random, text: str, step: str) -> bytes:
    """The bytes of a JSON text with one step done that only a text can show."""
    if step == "cut tail":
        return text[: rng.randrange(len(text) + 1)].encode("utf-8", "surrogatepass")
    if step == "encoding":
        encoding = rng.choice(("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "utf-7", "cp037"))
        return text.encode(encoding, "replace")
    if step == "odd literal":
        start, end = _span(rng, _TOKEN, text)
        return (text[:start] + rng.choice(LITERALS) + text[end:]).encode("utf-8", "surrogatepass")
    _, place = _span(rng, _PLACE, text)
    return (text[:place] + _inserted(rng, text, step) + text[place:]).encode("utf-8", "surrogatepass")


def changed_bytes(rng: random.Random, raw: bytes, step: str) -> bytes:
    """The bytes with one step done that knows nothing of what they mean."""
    start = rng.randrange(len(raw) + 1)
    end = min(len(raw), start + rng.randrange(1, 9))
    match step:
        case "cut":
            return raw[:start]
        case "flip" if start < len(raw):
            return raw[:start] + bytes([raw[start] ^ 1 << rng.randrange(8)]) + raw[start + 1 :]
        case "set":
            return raw[:start] + rng.choice(b'\x00\xff\x80\xc0"\\[]{},:0-').to_bytes() + raw[start + 1 :]
        case "insert":
            return raw[:start] + rng.randbytes(end - start) + raw[start:]
        case "delete":
            return raw[:start] + raw[end:]
        case "double slice":
            return raw[:end] + raw[start:]
        case "append":
            return raw + rng.randbytes(rng.randrange(1, 30))
        case "zero":
            return raw[:start] + bytes(end - start) + raw[end:]
    return raw


def shrunk(raw: bytes, holds: Callable[[bytes], bool], trials: int) -> bytes:
    """As few of the bytes as taking away parts of the JSON tree, then slices, leads to while `holds` does."""
    with contextlib.suppress(ValueError, RecursionError):
        tree = json.loads(raw)
        smaller: Any = True
        while smaller:
            candidates = ((text_of(other).encode(), other) for other in _without_one(tree))
            smaller = next((found for found in itertools.islice(candidates, trials) if holds(found[0])), None)
            raw, tree = smaller or (raw, tree)
            trials -= 1
    size = len(raw)
    while size:
        at = 0
        while at < len(raw) and trials > 0:
            trials -= 1
            candidate = raw[:at] + raw[at + size :]
            raw, at = (candidate, at) if holds(candidate) else (raw, at + size)
        size //= 2
    return raw


def _without_one(tree: Any) -> Iterator[Any]:
    """The tree without one of its parts."""
    if not isinstance(tree, dict | list):
        return
    for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
        copied: Any = tree.copy()
        del copied[key]
        yield copied
    for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
        for smaller in _without_one(tree[key]):
            copied = tree.copy()
            copied[key] = smaller
            yield copied


def text_of(tree: Any) -> str:
    """The tree as JSON; half characters are written as escapes or as they are."""
    return json.dumps(tree, separators=(",", ":"))


def _span(rng: random.Random, pattern: re.Pattern[str], text: str) -> tuple[int, int]:
    """The first match from a random place on; the end of the text where there is none."""
    found = pattern.search(text, rng.randrange(len(text) + 1)) or pattern.search(text)
    return found.span() if found else (len(text), len(text))


def _inserted(rng: random.Random, text: str, step: str) -> str:
    if step == "double key":
        keys = re.findall(r'"\w+":', text) or ['"a":']
        return rng.choice(keys) + rng.choice(LITERALS) + ","
    if step == "deep brackets":
        depth = rng.choice((20, 25, 26, 200, 1500))
        start, end = rng.choice((("[", "]"), ('{"a":', "}"), ('["l",[', "]]"), ('["t",[', "]]")))
        return start * depth + rng.choice(("", "null")) + end * rng.choice((0, depth, depth, depth))
    if step == "half character":
        return rng.choice(('"\\ud800":1,', '"\\ud800",', "\ud800", '"\udfff",'))
    return rng.choice("\x00\x1f\x7f\ufeff\u2028 ,:{}[]\"'\\/#-0")


def _replace(rng: random.Random, value: Any, words: Sequence[Any]) -> Any:
    return rng.choice(words) if words and rng.random() < 0.5 else rng.choice(SCALARS)


def _nudge(rng: random.Random, value: Any, words: Sequence[Any]) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _replace(rng, value, words)
    choices: tuple[Callable[[Any], Any], ...] = (
        lambda n: n + 1, lambda n: n - 1, lambda n: -n, lambda n: n * 2, bool, lambda n: 0.5, str,
        lambda n: n + 8, lambda n: n << 28 if isinstance(n, int) else n, lambda n: [n],
    )  # fmt: skip
    return rng.choice(choices)(value)


def _wrap(rng: random.Random, value: Any, words: Sequence[Any]) -> Any:
    for _ in range(rng.choice((1, 1, 2, 24))):
        value = rng.choice(([value], {"a": value}, [value, value], ["t", [value]], ["l", [value]], {"0": value}))
        if len(value) == 2:
            return value
    return value


def _drop(rng: random.Random, value: Any, words: Sequence[Any]) -> Any:
    if not isinstance(value, dict | list) or not value:
        return None
    gone = rng.choice(list(value)) if isinstance(value, dict) else rng.randrange(len(value))
    if isinstance(value, dict):
        return {key: item for key, item in value.items() if key != gone}
    return value[:gone] + value[gone + 1 :]


def _double(rng: random.Random, value: Any, words: Sequence[Any]) -> Any:
    if not isinstance(value, list) or not value:
        return [value, value]
    place = rng.randrange(len(value))
    return [*value[:place], value[place], *value[place:]]


def _swap(rng: random.Random, value: Any, words: Sequence[Any]) -> Any:
    if isinstance(value, list) and len(value) > 1:
        return rng.sample(value, len(value))
    if isinstance(value, dict) and len(value) > 1:
        return dict(zip(value, rng.sample(list(value.values()), len(value)), strict=True))
    return _replace(rng, value, words)


def _repeat(rng: random.Random, value: Any, words: Sequence[Any]) -> Any:
    times = rng.choice((2, 3, 20, 70))
    return value * times if isinstance(value, list) and len(value) < 20 else [value] * times


def _add_key(rng: random.Random, value: Any, words: Sequence[Any]) -> Any:
    if not isinstance(value, dict):
        return {str(rng.choice(words or TEXTS)): value}
    names = [word for word in words if isinstance(word, str)] or list(TEXTS)
    return {**value, rng.choice(names): _replace(rng, None, words)}


def _rename(rng: random.Random, value: Any, words: Sequence[Any]) -> Any:
    if not isinstance(value, dict) or not value:
        return _replace(rng, value, words)
    old, new = rng.choice(list(value)), rng.choice([word for word in words if isinstance(word, str)] or list(TEXTS))
    return {new if key == old else key: item for key, item in value.items()}


def _spoil_text(rng: random.Random, value: Any, words: Sequence[Any]) -> Any:
    if not isinstance(value, str):
        return _replace(rng, value, words)
    place = rng.randrange(len(value) + 1)
    return value[:place] + rng.choice(TEXTS) + value[place + rng.randrange(3) :]


def _graft(rng: random.Random, value: Any, words: Sequence[Any]) -> Any:
    """A word, also where one is a whole tree, in place of the value or around it."""
    trees = [word for word in words if isinstance(word, dict | list)]
    if not trees:
        return _replace(rng, value, words)
    tree = rng.choice(trees)
    return [*value, tree] if isinstance(value, list) and rng.random() < 0.5 else tree


_STEPS: dict[str, Step] = {
    "replace": _replace, "nudge": _nudge, "wrap": _wrap, "drop": _drop, "double": _double, "swap": _swap, "repeat": _repeat,
    "add a key": _add_key, "rename": _rename, "spoil a text": _spoil_text, "graft": _graft,
}  # fmt: skip
