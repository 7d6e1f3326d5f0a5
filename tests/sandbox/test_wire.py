"""Values cross the wire unchanged; bytes that are no message raise WireError and nothing else."""

import math
import os
import struct
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from gradkit.sandbox import wire


def keep_nothing(value, reason):
    raise wire.WireError(f"{type(value).__name__}: {reason}")


def roundtrip(value, max_body=1 << 20):
    encoder = wire.Encoder(max_body, keep_nothing)
    tree = encoder.encode(value)
    frame = wire.pack({"value": tree}, encoder.chunks)
    header_size, body_size = wire.FRAME.unpack(frame[: wire.FRAME.size])
    header = wire.unpack_header(frame[wire.FRAME.size : wire.FRAME.size + header_size])
    body = memoryview(frame)[wire.FRAME.size + header_size :]
    assert len(body) == body_size
    return wire.Decoder(body, lambda handle: handle).decode(header["value"])


def same(one, other):
    if isinstance(one, np.ndarray | np.generic):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, tuple | list):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, complex):
        return same(one.real, other.real) and same(one.imag, other.imag)
    return type(one) is type(other) and (
        one == other or (isinstance(one, float) and math.isnan(one) and math.isnan(other))
    )


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**200), 2**200),
    st.floats(),
    st.complex_numbers(),
    st.text(st.characters(exclude_categories=["Cs"])),
)
ARRAYS = npst.arrays(
    st.sampled_from(sorted(wire.DTYPES)), npst.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4)
)
KEYS = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text("abc"))
VALUES = st.recursive(
    st.one_of(SCALARS, ARRAYS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.lists(inner, max_size=4).map(tuple), st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=1000, deadline=None)
@given(VALUES)
def test_every_value_comes_back_as_it_went(value):
    """Arrays of each dtype and shape, numbers, strings, tuples, lists and dicts survive the wire bit for bit."""
    assert same(value, roundtrip(value))


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(),
        st.sampled_from(["a", "s", "t", "l", "d", "i", "c", "h", "<f8", "|b1"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=20,
)
SHAPED = st.tuples(
    st.sampled_from(["a", "s"]),
    st.sampled_from(sorted(wire.DTYPES)),
    st.lists(st.integers(-1, 1 << 45), max_size=5),
    st.integers(-1, 99),
)


@settings(max_examples=3000, deadline=None)
@given(st.one_of(JSON, SHAPED.map(list)), st.binary(max_size=80))
def test_a_forged_value_is_read_or_refused(tree, body):
    """Whatever tree a student's process sends, reading it gives data or a WireError."""
    try:
        wire.Decoder(memoryview(body), lambda handle: handle).decode(tree)
    except wire.WireError:
        pass


@settings(max_examples=1000, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200), st.text(max_size=80).map(str.encode), st.integers(1, 5000).map(lambda n: b"[" * n)
    )
)
def test_a_forged_header_is_read_or_refused(text):
    """A header that is no JSON object is a WireError, however deep or broken it is."""
    try:
        assert type(wire.unpack_header(text)) is dict
    except wire.WireError:
        pass


def test_a_header_nested_beyond_recursion_is_refused():
    """A hundred thousand brackets are refused, not followed."""
    with pytest.raises(wire.WireError):
        wire.unpack_header(b'{"a":' + b"[" * 100_000)


@pytest.mark.parametrize(
    "tree",
    [
        ["a", "<f8", [1 << 60], 0],
        ["a", "<f8", [1 << 30, 1 << 30, 0], 0],
        ["a", "<f8", [0, 1 << 30], 0],
        ["a", "|O", [1], 0],
        ["a", "<f8", [True], 0],
        ["a", "<f8", [1], True],
        ["a", "<f8", [2], 8],
        ["a", "<f8", [1], -8],
        ["s", "<U4", 0],
        ["h", True, "x", ""],
        ["d", [[["t", []], 1]]],
        ["i", "1" * 2000],
        ["i", "--5"],
        10**30,
        "x" * (wire.MAX_TEXT + 1),
        ["t", [["a", "|u1", [8], 0], ["a", "|u1", [8], 0]]],
        ["h", 0, "x", ""],
        ["h", 10**30, "x", ""],
        ["i", "٣"],
        {"a": 1},
        [],
        ["t"],
    ],
)
def test_known_forgeries_are_refused(tree):
    """Object arrays, impossible shapes, arrays beyond their message and unknown tags raise WireError."""
    with pytest.raises(wire.WireError):
        wire.Decoder(memoryview(bytes(8)), lambda handle: handle).decode(tree)


def test_booleans_are_zero_or_one():
    """A byte that is neither 0 nor 1 does not become a boolean that is both."""
    value = wire.Decoder(memoryview(b"\x00\x01\x02\xff"), lambda handle: handle).decode(["a", "|b1", [4], 0])
    assert value.view(np.uint8).tolist() == [0, 1, 1, 1]


def test_depth_and_number_of_values_are_bounded():
    """A list nested too deep, and one with too many values, are refused in both directions."""
    deep, tree = [], ["l", []]
    for _ in range(wire.MAX_DEPTH + 1):
        deep, tree = [deep], ["l", [tree]]
    with pytest.raises(wire.WireError, match="deep"):
        wire.Encoder(1 << 20, keep_nothing).encode(deep)
    with pytest.raises(wire.WireError):
        wire.Decoder(memoryview(b""), lambda handle: handle).decode(tree)
    with pytest.raises(wire.WireError, match="NumPy array"):
        wire.Encoder(1 << 20, keep_nothing).encode([0] * (wire.MAX_NODES + 1))


def test_an_array_larger_than_the_limit_is_refused_before_it_is_copied():
    """A broadcast view of 8 TB is refused by its size alone."""
    with pytest.raises(wire.WireError, match="MB"):
        wire.Encoder(1 << 20, keep_nothing).encode(np.broadcast_to(0.0, (1 << 40,)))


def test_subclasses_of_arrays_cross_as_plain_arrays():
    """A matrix and a masked array arrive as the arrays that they hold."""
    assert type(roundtrip(np.zeros((1, 2)).view(np.matrix))) is np.ndarray
    assert roundtrip(np.ma.masked_array([1.0, 2.0], mask=[True, False])).tolist() == [1.0, 2.0]


def test_long_doubles_and_foreign_byte_orders_arrive_as_float64():
    """Numbers keep their values where the dtype can't cross as it is."""
    assert roundtrip(np.longdouble([1.5])).dtype == np.float64
    assert same(roundtrip(np.array([1.5], ">f8")), np.array([1.5]))


@pytest.fixture
def pipe():
    read_fd, write_fd = os.pipe()
    yield read_fd, write_fd
    for fd in (read_fd, write_fd):
        try:
            os.close(fd)
        except OSError:
            pass


def test_a_cut_frame_ends_at_the_deadline(pipe):
    """A frame whose rest never comes is given up when its time is over."""
    os.write(pipe[1], wire.pack({"seq": 1})[:-3])
    with pytest.raises(wire.ChannelTimeout):
        wire.Channel(*pipe, max_body=100).receive(time.monotonic() + 0.1)


def test_a_closed_pipe_is_told_apart_from_a_slow_one(pipe):
    """A frame cut by the end of the process raises ChannelClosed at once."""
    os.write(pipe[1], wire.pack({"seq": 1})[:-3])
    channel = wire.Channel(*pipe, max_body=100)
    os.close(pipe[1])
    with pytest.raises(wire.ChannelClosed):
        channel.receive(time.monotonic() + 10)


@pytest.mark.parametrize("sizes", [(wire.MAX_HEADER + 1, 0), (2, 101), (2**32 - 1, 2**64 - 1)])
def test_a_giant_length_is_refused_before_anything_is_read(pipe, sizes):
    """A frame that announces more than the limit is refused at its first bytes."""
    os.write(pipe[1], struct.pack("<IQ", *sizes))
    with pytest.raises(wire.WireError, match="too long"):
        wire.Channel(*pipe, max_body=100).receive(time.monotonic() + 10)


def test_a_reader_that_does_not_read_blocks_no_longer_than_the_deadline(pipe):
    """Sending into a full pipe ends at the deadline."""
    with pytest.raises(wire.ChannelTimeout):
        wire.Channel(*pipe, max_body=1 << 30).send({}, [bytes(10 << 20)], time.monotonic() + 0.1)


def test_text_for_a_person_has_no_control_characters():
    """Escape sequences, line breaks and direction marks of a student's text do not reach a terminal."""
    assert wire.printable("a\x1b[31mb\nc\u202ed", 80) == "a [31mb c d"
    assert len(wire.printable("x" * 1000, 80)) == 80


def test_a_frame_of_many_pieces_arrives_whole(pipe):
    """More of them than are written at once, and more bytes than the pipe takes; none is written twice."""
    rng = np.random.default_rng(1)
    arrays = [
        rng.integers(256, size=size, dtype=np.uint8) for size in [*rng.integers(0, 900, size=3_000), 300_000, 0, 1]
    ]
    encoder = wire.Encoder(1 << 24, keep_nothing)
    trees = [encoder.encode(array) for array in arrays]
    sender, receiver = (wire.Channel(*pipe, max_body=1 << 24) for _ in range(2))
    with ThreadPoolExecutor(1) as reader:
        arrived = reader.submit(receiver.receive, time.monotonic() + 20)
        sender.send({"trees": trees}, encoder.chunks, time.monotonic() + 20)
    header, body = arrived.result()
    decoder = wire.Decoder(body, lambda handle: handle)
    assert all(np.array_equal(decoder.decode(tree), array) for tree, array in zip(header["trees"], arrays, strict=True))
