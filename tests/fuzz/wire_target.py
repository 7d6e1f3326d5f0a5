"""Bytes from a hostile worker in; what the grader's side makes of them out, through the real channel and session.

The first byte of an input says what the grader waits for: a value, a value with the arguments, the end of a cell, the end
of a check; and whether the pipe is left open. The rest is what the worker writes.
"""

import math
import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from gradkit.errors import ReplyRefused, SubmissionFailure
from gradkit.sandbox import wire
from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.process import StudentProcess
from gradkit.sandbox.session import Cell, Opaque, Session
from gradkit.sandbox.submission import Submission, code_again
from tests.fuzz import mutating, running

MAX_BODY = 1 << 16
PIPE_HOLDS = 60_000
CALL, ARGUMENTS, CELL, CHECK, REFUSE = range(5)
LEFT_OPEN, TOGETHER = 64, 128
POISONED = 40
LONGEST_SENTENCE = 1_500
PERMITTED = frozenset(map(np.dtype, wire.DTYPES))

_SINK = os.open(os.devnull, os.O_WRONLY)
_PROMPT = Limits(call_seconds=5.0, notebook_seconds=5.0)
_IMPATIENT = Limits(call_seconds=0.001, notebook_seconds=0.001)
_SERVERS = {False: ForkServer(_PROMPT), True: ForkServer(_IMPATIENT)}  # never started


# --- a process that says what it is told to ------------------------------------------------------------------------


class HostileProcess(StudentProcess):
    """No process at all: what it would have written stands in a pipe, or in a file where it is long."""

    def __init__(self, said: bytes, left_open: bool) -> None:
        self.max_body = MAX_BODY
        self._sequence = 0
        self._fds = _holding(said, left_open)
        self._channel = wire.Channel(self._fds[0], _SINK, max_body=MAX_BODY)

    def _new_number(self) -> int:
        self._sequence += 1  # known beforehand, so that hostile replies get beyond it
        return self._sequence

    def stop(self) -> int | None:
        while self._fds:
            os.close(self._fds.pop())
        return None


class HostileSession(Session):
    """A session whose process is hostile."""

    def __init__(self, said: bytes, left_open: bool) -> None:
        self._said, self._left_open = said, left_open
        super().__init__([Cell("cell 1", "x = 1")], _SERVERS[left_open])

    def _open(self) -> None:
        self._generation += 1
        self._process = HostileProcess(self._said, self._left_open)


def _holding(said: bytes, left_open: bool) -> list[int]:
    """A file descriptor to read the bytes from, and one to write with where the pipe stays open."""
    if len(said) > PIPE_HOLDS:
        fd = os.memfd_create("fuzz")
        os.write(fd, said)
        os.lseek(fd, 0, os.SEEK_SET)
        return [fd]
    read_fd, write_fd = os.pipe()
    os.write(write_fd, said)
    if left_open:
        return [read_fd, write_fd]
    os.close(write_fd)
    return [read_fd]


# --- what has to hold ----------------------------------------------------------------------------------------------


class WireTarget:
    """The grader's end of the wire."""

    name = "wire"

    def __init__(self) -> None:
        self.thorough = True
        self.batches = st.builds(_batch, _REPLIES, st.integers(0, 2**64 - 1), mutating.PROGRAMS)

    def judge(self, raw: bytes) -> str:
        mode, said = (raw[0] if raw else 0), raw[1:]
        kind = mode % LEFT_OPEN % 5
        session = HostileSession(said, bool(mode & LEFT_OPEN))
        try:
            if mode & TOGETHER:
                return _values_together(session, said)
            if kind == CELL:
                return _end_of_cell(session, together=len(said) % 2 == 0)
            if kind == CHECK:
                session.begin_check(1)
                return "check begun"
            return _value(session, said, arguments=kind == ARGUMENTS, refuse=kind == REFUSE)
        finally:
            session.close()

    def parts(self, raw: bytes) -> tuple[list[bytes], Callable[[list[bytes]], bytes]]:
        mode, said = raw[:1], raw[1:]
        if len(said) >= wire.FRAME.size:
            header, body = wire.FRAME.unpack(said[: wire.FRAME.size])
            if wire.FRAME.size + header + body == len(said):
                split = wire.FRAME.size + header
                return [said[wire.FRAME.size : split], said[split:]], lambda parts: mode + _frame(*parts)
        return [said], lambda parts: mode + parts[0]


def _end_of_cell(session: HostileSession, *, together: bool) -> str:
    """The notebook's one cell, in the message that begins the process or by itself."""
    assert session._process is not None
    session._cells_together = together
    lived = session._run_cells(session._process)
    for failure in session.failures:
        require_sentence(failure.reason)
    return "cell ran" if lived else "cell broke"


def _value(session: HostileSession, said: bytes, *, arguments: bool, refuse: bool) -> str:
    submission = Submission(session, {})
    try:
        if arguments:
            value, after = submission.f.returning_arguments(1.0)
        else:
            value, after = submission.f(1.0), ()
    except SubmissionFailure as failure:
        return _failed(failure, refuse)
    assert not refuse, "a reply of no known form was read"
    header, body = wire.FRAME.unpack(said[: wire.FRAME.size])
    require_permitted((value, *after), header, body)
    _send_back(submission, value)
    return "a value"


def _values_together(session: HostileSession, said: bytes) -> str:
    """Two planned calls, the second of which takes a part of what the first returns."""
    submission = Submission(session, {})
    first = submission.f.plan(1.0)
    second = submission.g.plan_returning_arguments(first[0], 2.0)
    values, failed = [], ""
    for call in (first, second):
        try:
            values.append(call.value())
        except SubmissionFailure as failure:
            failed = _failed(failure, refuse=False)
    if not values:
        return failed
    header, body = wire.FRAME.unpack(said[: wire.FRAME.size])
    require_permitted(values[0] if len(values) == 1 else (values[0], values[1][0], values[1][1][1]), header, body)
    compile(code_again(submission, {"f": ("x",), "g": ("out", "y")}, "g"), "again", "exec", dont_inherit=True)
    return "two values" if len(values) == 2 else "one value of two"


def _failed(failure: SubmissionFailure, refuse: bool) -> str:
    for text in (str(failure), getattr(failure, "kind", ""), getattr(failure, "text", "")):
        require_sentence(text)
    assert not refuse or isinstance(failure, ReplyRefused), "not refused for its form"
    return type(failure).__name__


def _send_back(submission: Submission, value: Any) -> None:
    """A hidden test hands the value to another function, which has ended by now; then the calls are written as code."""
    try:
        submission.g(value, 1.0)
    except SubmissionFailure as failure:
        require_sentence(str(failure))
    text = code_again(submission, {"f": ("x",), "g": ("out", "y")}, "g")
    compile(text, "again", "exec", dont_inherit=True)


def require_sentence(text: str) -> None:
    """A text that a terminal and a page can show."""
    assert text.isprintable(), "not printable"
    assert len(text) <= LONGEST_SENTENCE, "too long"


def require_permitted(value: Any, header: int, body: int) -> None:
    """Nothing but data, and no more of it than the message had bytes for."""
    texts = bytes_of_arrays = count = 0
    todo = [value]
    while todo:
        item = todo.pop()
        count += 1
        kind = type(item)
        if kind is str:
            texts += len(item)
            item.encode()
        elif kind is tuple or kind is list:
            todo += item
        elif kind is dict:
            assert all(key is None or type(key) in (bool, int, float, str) for key in item), "a key of another type"
            todo += [*item.keys(), *item.values()]
        elif kind is np.ndarray or isinstance(item, np.generic):
            bytes_of_arrays += _require_numbers(item)
        elif kind is Opaque:
            require_sentence(item.type_name + item.reason)
            assert 0 < item.handle.id < 2**63, "no handle"
        elif kind is int:
            assert item.bit_length() < 4400, "an integer of too many digits"
        else:
            assert item is None or kind in (bool, float, complex), f"a {kind.__name__}"
    assert bytes_of_arrays <= body, "more bytes in arrays than came"
    assert texts <= header, "more text than came"
    assert count <= header + 2, "more values than came"


def _require_numbers(item: Any) -> int:
    assert item.dtype in PERMITTED, f"dtype {item.dtype}"
    assert item.dtype.isnative, "foreign byte order"
    if type(item) is np.ndarray:
        assert item.flags.owndata, "an array that lies in the message"
        assert item.base is None, "an array of another's memory"
        assert item.flags.writeable, "an array that can't be changed"
        assert item.flags.c_contiguous, "an array that is not in C order"
    if item.dtype == np.bool_:
        assert set(item.tobytes()) <= {0, 1}, "a boolean that is both"
    return int(item.nbytes)


# --- what a worker may write ---------------------------------------------------------------------------------------


def _frame(header: bytes, body: bytes) -> bytes:
    return wire.FRAME.pack(len(header), len(body)) + header + body


_WORDS = (
    *("t", "l", "d", "i", "c", "a", "s", "h", "one", "absent", "value", "error", "missing", "near", "arguments", "seq"),
    *("type", "text", "name", "label", "line", "code", *sorted(wire.DTYPES), ">f8", "|O", "<U4", "<f16", "|V8", "f8", "<M8[s]"),
    *(1, 2, 0, -1, 8, 2**63, 2**31, 2**45, "NotImplementedError", "NameError", "TypeError", "MemoryError", "cell 1"),
    "module 'numpy' has no attribute 'float'",
    *(["l", []], ["t", []], ["d", []], ["d", [["a", 1], ["a", 2]]], ["d", [[["t", []], 1]]], ["d", [[{}, 1]]], ["i", "9" * 1300]),
    *(["a", "<f8", [2], 0], ["a", "|b1", [8], 0], ["a", "<f8", [], 0], ["a", "<f8", [1 << 30, 1 << 30, 0], 0], ["a", "|u1", [8], 4]),
    *(["a", "<f8", [0, 1 << 31], 0], ["s", "<c16", 0], ["s", "|b1", 1], ["h", 1, "A", "why"], ["h", 2**62, "\x1b", "\u202e"]),
    *(["a", "|b1", [], 0], ["a", "<f2", [1] * 32, 0], ["a", "<f2", [1] * 33, 0], ["c", 1.0, -0.0], ["c", 1, 2], ["one", [[1, None]]]),
    *(["i", "-" + "9" * 1233], ["i", "7" * 1234], ["s", "<f2", 2**62], ["a", "<f4", [-1], 0], ["a", "<f4", [True], False]),
)  # fmt: skip

_LEAVES = (
    *(None, True, False, 0, 1, -1, 2**63 - 1, -(2**63), 10_000, 10_001, 0.0, -0.0, 0.5, 1e308, math.nan, math.inf, "", "x", "é"),
    *(["i", "9" * 1233], ["i", "-" + "9" * 1300], ["i", str(2**64)], ["i", "00"], ["c", 0.0, -0.0], ["c", math.nan, 1.0]),
    *("\ud800", "\x1b[31m", "\u202e", "'\"\\", "\n", "{}%s", "seed", ["h", 1, "Net", "no data"], ["h", 2**63 - 1, "\ud800\0", "\x85"]),
    *(["l", []], ["t", []], ["d", []], ["a", "<f8", [], 0], ["a", "|b1", [], 3], ["a", "|b1", [2, 2], 4], ["a", "<f8", [0, 3], 99]),
    *(["a", "<f2", [1], 0], ["a", "<f2", [2, 1, 1], 2], ["a", "<f4", [4], 0], ["a", "<c8", [1], 8], ["a", "|u1", [16], 0]),
    ["a", "<i8", [2], 0],
    *(["s", "|b1", 5], ["s", "<f2", 2], ["s", "<f4", 4], ["s", "<f8", 8], ["s", "<c16", 0], ["s", "<i8", 8], ["s", "|i1", 1]),
    ["s", "<u8", 0],
)  # fmt: skip
"""Trees of the known forms, at their limits; the arrays lie within 16 bytes."""

_POISON = (
    {}, {"a": 1}, [], ["t"], ["z", []], ["t", 1], ["d", [1]], ["d", [[1]]], ["d", [[["t", []], 1]]], ["i", 5], ["i", "x"],
    ["i", "9" * 1301], ["i", ""], ["i", "5\n"], ["c", 1], ["c", "1", 2.0], ["a", "|O", [1], 0], ["a", "<f8", [-1], 0],
    ["a", "<f8", [1], -8],
    ["a", "|u1", [True], 0], ["a", "|u1", [0], True], ["a", "|u1", [0], 0.0], ["a", "|u1", [0.0], 0], ["a", "<U4", [0], 0],
    ["a", ">f8", [0], 0], ["a", "|u1", [1 << 20], 0], ["a", "|u1", [0] * 33, 0], ["a", "|u1", [2**32, 0], 0], ["s", "|u1", False],
    ["s", "|u1", MAX_BODY], ["h", 0, "x", ""], ["h", True, "x", ""], ["h", 1, 2, ""], ["h", 1.0, "x", ""], ["h", 2**63, "x", ""], 2**63,
    -(2**63) - 1, "x" * (wire.MAX_TEXT + 1), ["a", [], [1], 0], ["a", "|u1", {}, 0], [[]], ["a", "|u1", [0], 0, 0], [None],
)  # fmt: skip
"""Trees that are no value; a reply with one of them among its values has to be refused."""

_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**200), 2**200), st.floats(), st.complex_numbers(), st.text(max_size=12),
    st.builds(wire.Handle, st.integers(1, 99), st.text(max_size=9), st.text(max_size=9)),
)  # fmt: skip
_ARRAYS = npst.arrays(
    st.sampled_from(sorted(wire.DTYPES)), npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)
)
_KEYS = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.floats(), st.text(max_size=3))
_VALUES = st.recursive(
    st.one_of(_SCALARS, _ARRAYS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.lists(inner, max_size=3).map(tuple), st.dictionaries(_KEYS, inner, max_size=3)
    ),
    max_leaves=5,
)
_TEXT = st.text(max_size=30) | st.sampled_from([word for word in _WORDS if isinstance(word, str)])
_ERRORS = st.fixed_dictionaries(
    {"type": _TEXT, "text": _TEXT},
    optional={"name": _TEXT, "label": _TEXT, "line": st.integers(-1, 99), "code": _TEXT},
)
_HANDLES = st.none() | st.integers(-1, 99)
_PARTS = st.tuples(st.sampled_from(["one", "t", "l"]), st.lists(st.tuples(_HANDLES, _VALUES), max_size=3))
_REPLIES = st.one_of(
    st.tuples(st.just("value"), _PARTS, _PARTS),
    st.tuples(st.just("value"), _PARTS, _PARTS),
    st.tuples(st.just("error"), _ERRORS, st.none()),
    st.tuples(st.just("missing"), _TEXT, st.none() | _TEXT),
)


def _batch(reply: tuple[str, Any, Any], number: int, programs: mutating.Programs) -> Iterator[bytes]:
    """One reply as a worker would write it, and as hostile ones would; made as they are asked for."""
    rng = random.Random(number)
    header, body = _written(*reply)
    if rng.random() < 0.15:
        yield from _batch_together(rng, header, body, programs)
        return
    for said in _variants(rng, header, body, programs):
        yield _mode(rng, reply[0]) + said
    for _ in range(POISONED if "value" in header else 0):
        tree = {"seq": 1, "value": _poisoned(rng, header["value"])}
        if rng.random() < 0.1:
            tree = {**header, "seq": rng.choice((None, 0, 2, -1, True, 1.0, "1", [1], 2**64, math.nan))}
        yield bytes([REFUSE]) + _frame(mutating.text_of(tree).encode(), body)


def _batch_together(
    rng: random.Random, header: dict[str, Any], body: bytes, programs: mutating.Programs
) -> Iterator[bytes]:
    """The same for calls that were planned; of arrays, only one outcome has them, since no byte stands for two."""
    given = {"value": ["t", [[1, 7], [2, ["h", 2, "A", ""]]]], "arguments": ["t", [[None, 1], [None, 2]]]}
    said = {name: part for name, part in header.items() if name != "seq"}
    if "value" in said and rng.random() < 0.7:
        said["arguments"] = given["arguments"]
    outcomes = rng.choice(([said], [said, said], [given, said], [said, given], [given, given], [given, said, said]))
    for frame in _variants(rng, {"seq": 1, "checks": [outcomes]}, body, programs):
        yield bytes([TOGETHER | LEFT_OPEN * (rng.random() < 0.004)]) + frame


def _mode(rng: random.Random, kind: str) -> bytes:
    modes = (
        (CALL, CALL, CALL, ARGUMENTS, CELL, CHECK)
        if kind == "error"
        else (CALL, CALL, CALL, ARGUMENTS, ARGUMENTS, CHECK)
    )
    return bytes([rng.choice(modes) | LEFT_OPEN * (rng.random() < 0.004)])


def _written(kind: str, first: Any, second: Any) -> tuple[dict[str, Any], bytes]:
    """The header and the body of the reply, with the worker's own encoder."""
    encoder = wire.Encoder(MAX_BODY, _no_object)
    if kind == "error":
        return {"seq": 1, "error": first, "errors": [first]}, b""
    if kind == "missing":
        return {"seq": 1, "missing": first, "near": second}, b""
    value, arguments = (_encoded(encoder, *parts) for parts in (first, second))
    return {"seq": 1, "value": value, "arguments": arguments}, b"".join(encoder.chunks)


def _encoded(encoder: wire.Encoder, kind: str, parts: list[tuple[Any, Any]]) -> list[Any]:
    parts = (parts or [(None, None)])[:1] if kind == "one" else parts
    return [kind, [[handle, encoder.encode(value)] for handle, value in parts]]


def _no_object(value: Any, reason: str) -> wire.Handle:
    return wire.Handle(1, type(value).__name__, reason)


def _variants(rng: random.Random, header: dict[str, Any], body: bytes, programs: mutating.Programs) -> Iterator[bytes]:
    whole = mutating.text_of(header)
    yield _frame(whole.encode(), body)
    for number in range(running.INPUTS_OF_A_BATCH - POISONED):
        changes_tree, program = mutating.program_of(programs, number)
        if changes_tree:
            tree = _changed(rng, header, program)
            yield _frame(mutating.text_of(tree).encode(), _other_body(rng, body))
        else:
            yield _spoiled(rng, whole, body, program)


def _changed(rng: random.Random, header: dict[str, Any], program: list[str]) -> Any:
    """The header with the program's steps done, most often among its values alone: else most are refused at once."""
    if "value" in header and rng.random() < 0.7:
        value = [rng.choice(["one", "t", "l"]), [[1, _grown(rng, 0)]]] if rng.random() < 0.4 else header["value"]
        kind, parts = value
        for step in program[: rng.randint(0, len(program))]:
            parts = mutating.changed_tree(rng, parts, step, _WORDS)
        return {**header, "value": [kind, parts]}
    tree: Any = header
    for step in program[: rng.randint(1, len(program))]:
        tree = mutating.changed_tree(rng, tree, step, _WORDS)
    return {**tree, "seq": 1} if isinstance(tree, dict) and rng.random() < 0.9 else tree


def _grown(rng: random.Random, depth: int) -> Any:
    """A tree of the known forms, now and then a deep one."""
    chance = rng.random()
    if chance < 0.45 or depth > 4:
        return rng.choice(_LEAVES)
    if chance < 0.5 and depth == 0:
        tree = rng.choice(_LEAVES)
        for _ in range(rng.randint(18, 26)):
            tree = rng.choice((["l", [tree]], ["t", [tree]], ["d", [["a", tree]]]))
        return tree
    inside = [_grown(rng, depth + 1) for _ in range(rng.randrange(4))]
    if chance < 0.75:
        return [rng.choice("tl"), inside]
    return [
        "d",
        [[rng.choice((None, True, 1, 1.0, math.nan, -0.0, "a", "seed", "", "\ud800")), item] for item in inside],
    ]


def _spoiled(rng: random.Random, text: str, body: bytes, program: list[str]) -> bytes:
    raw = text.encode()
    for step in program:
        if step in mutating.TEXT_STEPS:
            raw = mutating.changed_text(rng, raw.decode("utf-8", "replace"), step)
        elif rng.random() < 0.3:
            body = mutating.changed_bytes(rng, body, step)
        else:
            raw = mutating.changed_bytes(rng, raw, step)
    chance = rng.random()
    if chance < 0.8:
        return _frame(raw, body)
    if chance < 0.9:
        return mutating.changed_bytes(rng, _frame(raw, body), rng.choice(mutating.BYTE_STEPS))
    sizes = [len(raw), len(body)]
    place = rng.randrange(2)
    sizes[place] = max(
        0, rng.choice((sizes[place] - 1, sizes[place] + 1, 0, 1, MAX_BODY, MAX_BODY + 1, 2**32 - 1, 2**21, 2**21 + 1))
    )
    return wire.FRAME.pack(*sizes) + raw + body


def _other_body(rng: random.Random, body: bytes) -> bytes:
    chance = rng.random()
    if chance < 0.5:
        return body
    return body[: rng.randrange(len(body) + 1)] if chance < 0.6 else rng.randbytes(rng.choice((1, 8, 16, 64, 200)))


def _poisoned(rng: random.Random, tree: list[Any]) -> list[Any]:
    """The value with one tree among its parts that is none."""
    kind, parts = tree
    if not parts:
        return [kind, [[None, rng.choice(_POISON)]]]
    at = rng.randrange(len(parts))
    return [
        kind,
        [[handle, _with_poison(rng, part) if number == at else part] for number, (handle, part) in enumerate(parts)],
    ]


def _with_poison(rng: random.Random, tree: Any) -> Any:
    match tree:
        case ["t" | "l" as kind, [_, *_] as values] if rng.random() < 0.7:
            at = rng.randrange(len(values))
            return [kind, [_with_poison(rng, item) if number == at else item for number, item in enumerate(values)]]
        case ["d", [[key, item], *rest]] if rng.random() < 0.7:
            return ["d", [[key, _with_poison(rng, item)], *rest]]
    return rng.choice(_POISON)
