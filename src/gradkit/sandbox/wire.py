"""Values and messages to bytes and back: the only thing that both sides of the trust line share.

A frame is `<header length: u32> <body length: u64> <header> <body>`. The header is one JSON object; the body holds the
raw bytes of the arrays, one behind the other. A value in the header is null, a boolean, a number, a string, or a list
whose first element is its tag:

    ["t", values]                        tuple
    ["l", values]                        list
    ["d", [[key, value], ...]]           dict, keys are null, booleans, numbers or strings
    ["i", digits]                        an integer beyond 64 bits
    ["c", real, imag]                    a complex number
    ["a", dtype, shape, offset]          array, C order, at that offset in the body
    ["s", dtype, offset]                 NumPy scalar
    ["h", id, type name, reason]         an object that stays in the student's process

Reading is strict: what is not of this form raises WireError. Nothing is unpickled or evaluated. JSON with raw bytes
was chosen over msgpack for having no parser of our own and no recursion in C that hostile input can overrun.

This file is imported inside the sandbox, where nothing else of gradkit exists.
"""

import json
import math
import os
import re
import select
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")
FRAME = struct.Struct("<IQ")
_PIECES = 1024
"""That are written at once: no system takes fewer (IOV_MAX)."""
_AHEAD = 1 << 16
"""Bytes that are read at once where fewer are asked for."""
MAX_HEADER = 2 << 20
MAX_DEPTH = 24
MAX_NODES = 50_000
MAX_TEXT = 100_000
MAX_DIMS = 32
MAX_DIM = 1 << 31
MAX_EMPTY = 1 << 24
"""Bytes that an array with no elements may have along its other axes: a sum over the empty one is as large."""
MAX_BITS = 4096
REQUEST_ROOM = 2
"""A request may hold so many times what a reply may: whatever a reply brought can be handed on."""

DTYPES = {
    np.dtype(name).str: np.dtype(name)
    for name in (
        "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
        "float16", "float32", "float64", "complex64", "complex128",
    )
}  # fmt: skip


_NAMES = {dtype: name for name, dtype in DTYPES.items()}
_COPIED = 1 << 14
"""Bytes of an array that is copied at once; of a larger one, the memory is looked at when the message is put together."""
Chunk = bytes | memoryview
_KEYS = frozenset({type(None), bool, int, float, str})

_JSON = json.JSONEncoder(separators=(",", ":"), check_circular=False)
_DIGITS = re.compile(r"-?[0-9]{1,1300}")
_SURROGATE = re.compile("[\ud800-\udfff]")


OUT_OF_MEMORY = 71
"""Exit status of a worker that had no memory left to take a request or to answer it."""


class WireError(Exception):
    """Bytes that are no message, or a value that can't cross."""


class ChannelClosed(WireError):
    """The other side is gone."""


class ChannelTimeout(WireError):
    """The deadline passed before the message was whole."""


@dataclass(frozen=True, slots=True)
class Handle:
    """An object that stays in the student's process, as the grader sees it."""

    id: int
    type_name: str = "object"
    reason: str = ""


Known = Callable[[Any], Handle | None]
"""What stands on the other side for a value, if it is there."""


# --- values to header and body -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Encoder:
    """Collects values into header items and array bytes.

    `keep` is asked for each object that is no data, with the reason; it returns a Handle, or raises WireError where
    nothing may stay behind. `known`, if there is one, is asked first: what it has a Handle for does not cross.
    """

    max_body: int
    keep: Callable[[Any, str], Handle]
    chunks: list[Chunk] = field(default_factory=list)
    size: int = 0
    nodes: int = 0
    room: int = 1
    copies: bool = False
    """Whether arrays are taken as they are now: where code runs before the message is put together."""
    known: Known | None = None

    def mark(self) -> tuple[int, int]:
        """The place that `go_back` leads to."""
        return len(self.chunks), self.size

    def go_back(self, mark: tuple[int, int]) -> None:
        """Forget the arrays that were encoded since."""
        del self.chunks[mark[0] :]
        self.size = mark[1]

    def encode(self, value: Any, depth: int = 0) -> Any:
        self.nodes += 1
        if self.nodes > self.room * MAX_NODES:
            raise WireError(f"more than {self.room * MAX_NODES} values; a NumPy array crosses as one")
        if depth > self.room * MAX_DEPTH:
            raise WireError(f"nested more than {self.room * MAX_DEPTH} deep")
        kind = type(value)
        if value is None or kind is bool or kind is float:
            return value
        if kind is int:
            return value if -(2**63) <= value < 2**63 else self._big(value)
        if kind is str:
            return self._text(value)
        if self.known is not None and (handle := self.known(value)) is not None:
            return ["h", handle.id, handle.type_name, handle.reason]
        if kind is np.ndarray:
            return self._array(value)
        if kind is tuple or kind is list:
            return ["t" if kind is tuple else "l", [self.encode(item, depth + 1) for item in value]]
        if kind is dict:
            return self._dict(value, depth)
        if kind is Handle:
            return ["h", value.id, value.type_name, value.reason]
        if kind is complex:
            return ["c", value.real, value.imag]
        if isinstance(value, np.ndarray):
            return self._array(np.ma.getdata(value) if isinstance(value, np.ma.MaskedArray) else np.asarray(value))
        if isinstance(value, np.generic) and self._plain(value.dtype) is not None:
            return ["s", *self._raw(np.asarray(value), self._plain(value.dtype))]
        return self.encode(self.keep(value, ""), depth)

    def _big(self, value: int) -> Any:
        if value.bit_length() > MAX_BITS:
            raise WireError(f"an integer of more than {MAX_BITS} bits")
        return ["i", str(value)]

    def _text(self, value: str) -> str:
        if len(value) > MAX_TEXT:
            raise WireError(f"a string of {len(value)} characters; at most {MAX_TEXT} cross")
        return value.encode("utf-8", "backslashreplace").decode("utf-8")

    def _dict(self, value: dict[Any, Any], depth: int) -> Any:
        for key in value:
            if type(key) not in _KEYS:
                return self.encode(self.keep(value, "a dict with keys that are no strings or numbers"), depth)
        return ["d", [[self.encode(key, depth + 1), self.encode(item, depth + 1)] for key, item in value.items()]]

    def _array(self, value: Any) -> Any:
        dtype = value.dtype if value.dtype in _NAMES else self._plain(value.dtype)
        if dtype is None:
            return self.encode(self.keep(value, f"an array of dtype {value.dtype}, not of numbers"))
        name, offset = self._raw(value, dtype)
        return ["a", name, list(value.shape), offset]

    @staticmethod
    def _plain(dtype: Any) -> Any:
        if dtype.kind in "fc" and dtype.newbyteorder("<").str not in DTYPES:  # long doubles differ between machines
            return np.dtype("f8" if dtype.kind == "f" else "c16")
        return DTYPES.get(dtype.newbyteorder("<").str) or DTYPES.get(dtype.newbyteorder("|").str)

    def _raw(self, value: Any, dtype: Any) -> tuple[str, int]:
        size = value.size * dtype.itemsize
        if self.size + size > self.max_body:
            raise WireError(f"{(self.size + size) / 1e6:,.0f} MB; at most {self.max_body / 1e6:,.0f} MB cross")
        offset = self.size
        if value.dtype is not dtype:
            value = value.astype(dtype)
        if size < _COPIED or self.copies:
            self.chunks.append(value.tobytes())
        else:  # not copied before the message is put together
            self.chunks.append(np.ascontiguousarray(value).reshape(-1).view(np.uint8).data)
        self.size += size
        return _NAMES[dtype], offset


# --- header and body to values -------------------------------------------------------------------------------------


@dataclass(slots=True)
class Decoder:
    """Reads values back; `resolve` turns a Handle into what it stands for on this side."""

    body: memoryview
    resolve: Callable[[Handle], Any]
    nodes: int = 0
    copied: int = 0
    room: int = 1

    def decode(self, item: Any, depth: int = 0) -> Any:
        self.nodes += 1
        if depth > self.room * MAX_DEPTH or self.nodes > self.room * MAX_NODES:
            raise WireError("too deep or too many values")
        kind = type(item)
        if item is None or kind is float or kind is bool or (kind is int and -(2**63) <= item < 2**63):
            return item
        if kind is str and len(item) <= MAX_TEXT and (item.isascii() or not _SURROGATE.search(item)):
            return item  # a lone surrogate could stand in no file
        if kind is not list or not item or type(item[0]) is not str:
            raise WireError("a value of no known form")
        tag, size = item[0], len(item)
        if tag == "a" and size == 4:
            return self._array(item[1], item[2], item[3])
        if size == 2 and type(item[1]) is list:
            if tag == "t":
                return tuple([self.decode(value, depth + 1) for value in item[1]])
            if tag == "l":
                return [self.decode(value, depth + 1) for value in item[1]]
            if tag == "d":
                return dict([self._pair(pair, depth) for pair in item[1]])
        match item:
            case ["i", str(digits)] if _DIGITS.fullmatch(digits) and int(digits).bit_length() <= MAX_BITS:
                return int(digits)
            case ["c", float(real), float(imag)]:
                return complex(real, imag)
            case ["s", dtype, offset]:
                return self._array(dtype, [], offset)[()]
            case ["h", int(number), str(type_name), str(reason)] if type(number) is int and 0 < number < 2**63:
                return self.resolve(Handle(number, printable(type_name, 80), printable(reason, 200)))
        raise WireError("a value of no known form")

    def _pair(self, pair: Any, depth: int) -> tuple[Any, Any]:
        if type(pair) is not list or len(pair) != 2 or isinstance(pair[0], list):
            raise WireError("a dict entry of no known form")
        return self.decode(pair[0], depth + 1), self.decode(pair[1], depth + 1)

    def _array(self, name: Any, shape: Any, offset: Any) -> Any:
        dtype = DTYPES.get(name) if type(name) is str else None
        if dtype is None or type(offset) is not int or offset < 0 or type(shape) is not list or len(shape) > MAX_DIMS:
            raise WireError("an array of no known form")
        count = extent = 1
        for size in shape:
            if type(size) is not int or not 0 <= size <= MAX_DIM:
                raise WireError("an array of an impossible shape")
            count, extent = count * size, extent * (size or 1)
        if extent * dtype.itemsize > max(len(self.body), MAX_EMPTY):
            raise WireError("an empty array of an impossible shape")
        length = count * dtype.itemsize
        self.copied += length
        if self.copied > len(self.body) or offset + length > len(self.body):  # each byte stands for one array
            raise WireError("arrays that reach beyond their message")
        try:
            if not count:
                return np.empty(shape, dtype)
            if dtype.kind == "b":  # other bytes than 0 and 1 make booleans that are both
                return np.ndarray(shape, np.uint8, self.body, offset) != 0
            return np.ndarray(shape, dtype, self.body, offset).copy()
        except (ValueError, TypeError, MemoryError) as error:  # zero-size arrays can still overflow NumPy's own limit
            raise WireError("an array of an impossible shape") from error


def has_part(value: Any, index: int) -> bool:
    """Whether a value is a tuple or list of more than `index` parts."""
    return type(value) in (tuple, list) and index < len(value)


def printable(text: str, limit: int) -> str:
    """`text` on one line, without control characters, cut to `limit` characters."""
    if len(text) <= limit and text.isprintable() and "  " not in text and text.strip() == text:
        return text
    text = "".join(char if char.isprintable() else " " for char in text[: 4 * limit])
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


# --- frames --------------------------------------------------------------------------------------------------------


def frame_of(header: dict[str, Any], chunks: Iterable[Chunk] = ()) -> list[Chunk]:
    """One frame in pieces, so that arrays need no copy in it. Raises WireError when the header is too long."""
    text = _JSON.encode(header).encode()
    if len(text) > MAX_HEADER:
        raise WireError(f"a message of {len(text)} bytes; at most {MAX_HEADER} cross")
    chunks = list(chunks)
    return [FRAME.pack(len(text), sum(map(len, chunks))) + text, *chunks]


def pack(header: dict[str, Any], chunks: Iterable[Chunk] = ()) -> bytes:
    """One frame. Raises WireError when the header is too long."""
    return b"".join(frame_of(header, chunks))


def write_some(fd: int, pieces: list[Chunk]) -> list[Chunk]:
    """Write what a pipe takes of some pieces; the rest of them. Raises what os.writev does."""
    written = os.writev(fd, pieces[:_PIECES])
    for number, piece in enumerate(pieces):
        if written < len(piece):
            return [memoryview(piece)[written:], *pieces[number + 1 :]] if written else pieces[number:]
        written -= len(piece)
    return []


def unpack_header(text: bytes) -> dict[str, Any]:
    """The header of a frame. Raises WireError when it is no JSON object."""
    try:
        header = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise WireError("a message that is no JSON") from error
    if type(header) is not dict:
        raise WireError("a message that is no object")
    return header


class Channel:
    """Frames over a pair of file descriptors, each read and write with a deadline in `time.monotonic` seconds.

    A `patient` channel has no deadlines: reading and writing block.
    """

    def __init__(self, read_fd: int, write_fd: int, max_body: int, patient: bool = False) -> None:
        self.read_fd, self.write_fd, self.max_body = read_fd, write_fd, max_body
        self._patient = patient
        os.set_blocking(read_fd, patient)
        os.set_blocking(write_fd, patient)
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(read_fd, select.POLLIN)
        self._writable.register(write_fd, select.POLLOUT)
        self._ahead = b""

    def send(self, header: dict[str, Any], chunks: Iterable[Chunk] = (), deadline: float | None = None) -> None:
        pieces = frame_of(header, chunks)
        while pieces:
            try:
                pieces = write_some(self.write_fd, pieces)
            except BlockingIOError:
                self._wait(self._writable, deadline)
            except OSError as error:
                raise ChannelClosed("the other side is gone") from error

    def receive(self, deadline: float | None = None) -> tuple[dict[str, Any], memoryview]:
        begun = self._ahead
        while len(begun) < FRAME.size:
            begun += self._some(_AHEAD, deadline)
        header_size, body_size = FRAME.unpack_from(begun)
        if header_size > MAX_HEADER or body_size > self.max_body:
            raise WireError(f"a message of {header_size + body_size} bytes is too long")
        split, size = FRAME.size + header_size, FRAME.size + header_size + body_size
        if size <= len(begun):
            frame, self._ahead = memoryview(begun)[:size], begun[size:]
        else:
            frame, self._ahead = self._whole(begun, size, deadline), b""
        return unpack_header(bytes(frame[FRAME.size : split])), frame[split:]

    def _whole(self, begun: bytes, size: int, deadline: float | None) -> memoryview:
        """A frame of which the beginning is there."""
        frame, there = np.empty(size, np.uint8).data, len(begun)
        frame[:there] = begun

        def go_on(fd: int) -> int:
            return os.readv(fd, [frame[there:]])

        while there < size:
            there += self._read(go_on, deadline)
        return frame

    def _some(self, most: int, deadline: float | None) -> bytes:
        """What is there to be read, as soon as there is something."""
        return self._read(lambda fd: os.read(fd, most), deadline)

    def _read(self, read: Callable[[int], T], deadline: float | None) -> T:
        """What `read` gives, as soon as there is something; nothing of it is the end."""
        while True:
            try:  # on one processor the other side has often answered by now
                found = read(self.read_fd)
            except BlockingIOError:
                self._wait(self._readable, deadline)
                continue
            except OSError as error:
                raise ChannelClosed("the other side is gone") from error
            if not found:
                raise ChannelClosed("the other side is gone")
            return found

    def _wait(self, poll: "select.poll", deadline: float | None) -> None:
        """Until the other side is ready, or gone; raises ChannelTimeout at the deadline."""
        while not self._patient:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise ChannelTimeout("too late")
            if poll.poll(None if left is None else math.ceil(left * 1000)):
                return
