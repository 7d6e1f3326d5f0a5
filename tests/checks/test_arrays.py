"""Whatever a student's function returns, a check answers with an array or a CheckFailure."""

# ruff: noqa: PT017 - stand-ins take the arguments of what they stand for; passing is as good as failing

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from gradkit import checks
from gradkit.checks import CheckFailure, as_array, check_dtype, check_finite, check_nonzero, check_shape


class Opaque:
    """An object that answers every question with an error."""

    def __getattribute__(self, name):
        raise RuntimeError("no")

    def __eq__(self, other):
        raise RuntimeError("no")

    __hash__ = None

    def __len__(self):
        raise RuntimeError("no")


class PretendsToBeArray:
    """An object that would turn itself into an array of the right shape."""

    def __array__(self, *args, **kwargs):
        return np.ones((2, 3))


class NamedHandle:
    """An object that stands for one in another process."""

    type_name = "torch.Tensor"


REFUSED = [
    None,
    "text",
    b"bytes",
    [1.0, 2.0],
    (1.0, 2.0),
    {"out": 1},
    {1.0},
    object(),
    PretendsToBeArray(),
    lambda x: x,
    np.ndarray,
    1j,
    np.array([1j]),
    np.array([None, 1.0]),
    np.array(["a"]),
    np.array([b"a"]),
    np.array(["2020-01-01"], dtype="datetime64"),
    np.zeros(3, dtype=[("a", float)]),
    np.ma.masked_array([1.0], [True]),
    10**400,
    float,
]
X = np.random.default_rng(0).choice([-2.0, -1.0, 1.0, 1.5], (6, 8))

EVERY_CHECK = {
    "as_array": lambda got: as_array(got, "out"),
    "check_shape": lambda got: check_shape(got, X.shape, name="out"),
    "check_dtype": lambda got: check_dtype(got, np.float64, name="out"),
    "check_finite": lambda got: check_finite(got, name="out"),
    "check_nonzero": lambda got: check_nonzero(got, name="out"),
    "check_values": lambda got: checks.check_values(got, X, name="out"),
    "check_identity": lambda got: checks.check_identity(got, X),
    "check_value_set": lambda got: checks.check_value_set(got, X, p=0.5),
    "check_keep_probability": lambda got: checks.check_keep_probability(got, X, p=0.5, alpha=0.5),
    "check_mixed_mask": lambda got: checks.check_mixed_mask(got, X),
    "check_independence": lambda got: checks.check_independence(got, X, p=0.5, alpha=0.9),
    "check_fresh_draws": lambda got: checks.check_fresh_draws([got, got], X, p=0.5, alpha=0.5),
    "check_reproducible": lambda got: checks.check_reproducible(got, got),
    "check_gradient of a gradient": lambda got: checks.check_gradient(lambda x: x, X, X, got),
    "check_gradient of a forward": lambda got: checks.check_gradient(lambda x: got, X, X, X),
    "check_adjoint of a forward": lambda got: checks.check_adjoint(lambda u: got, lambda v: v, X, X),
    "check_adjoint of a backward": lambda got: checks.check_adjoint(lambda u: u, lambda v: got, X, X),
}


@pytest.mark.parametrize("check", EVERY_CHECK.values(), ids=EVERY_CHECK)
@pytest.mark.parametrize("got", REFUSED, ids=lambda got: type(got).__name__)
def test_every_check_meets_what_is_no_array_with_a_failure(check, got):
    """None, text, objects of unknown classes: a CheckFailure in words, and no other exception."""
    with pytest.raises(CheckFailure, match="expected"):
        check(got)


@pytest.mark.parametrize("check", EVERY_CHECK.values(), ids=EVERY_CHECK)
def test_an_object_that_answers_every_question_with_an_error_is_a_failure_too(check):
    """An object of a class that nobody knows is asked for nothing that it could refuse."""
    with pytest.raises(CheckFailure, match="'Opaque'"):
        check(Opaque())


anything = st.one_of(
    npst.arrays(dtype=npst.scalar_dtypes(), shape=npst.array_shapes(min_dims=0, min_side=0, max_side=3)),
    npst.arrays(dtype=npst.floating_dtypes(), shape=X.shape),
    npst.arrays(dtype=npst.integer_dtypes(), shape=X.shape),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    ),
)


@given(got=anything)
@example(got=np.full(X.shape, 1.1e308))
@example(got=np.full(X.shape, np.inf))
def test_every_check_passes_or_fails_and_never_breaks(got):
    """Any value at all gives either no exception or a CheckFailure, from every check."""
    for check in EVERY_CHECK.values():
        try:
            check(got)
        except CheckFailure as failure:
            assert len(str(failure)) < 500


@given(got=anything)
def test_an_accepted_value_is_an_array_of_real_numbers(got):
    """What `as_array` returns can be computed with."""
    try:
        array = as_array(got, "out")
    except CheckFailure:
        return
    assert type(array) is np.ndarray
    assert array.dtype.kind in "fiub"


@pytest.mark.parametrize("value", [3, 2.5, True, np.float32(1.0), np.int64(4)])
def test_numbers_are_taken_as_0d_arrays(value):
    """A loss may be a Python or NumPy number."""
    assert as_array(value, "loss").shape == ()


def test_a_handle_is_called_by_the_type_it_stands_for():
    """An object that stayed in the student's process is named as the student knows it."""
    with pytest.raises(CheckFailure, match=r"got a value of type 'torch\.Tensor'"):
        as_array(NamedHandle(), "dx")


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((3, 2), "in another order"),
        ((2, 3, 1), "left over"),
        ((2, 4), "only axis 1 differs"),
        ((0, 0), "pad:-pad"),
        ((6,), "2 axes expected, 1 came"),
    ],
)
def test_a_wrong_shape_is_explained(shape, words):
    """The message shows both shapes and what differs."""
    with pytest.raises(CheckFailure, match=r"dx: expected shape \(2, 3\), got .*" + words):
        check_shape(np.zeros(shape), (2, 3), name="dx")


def test_a_wrong_dtype_is_named():
    """float64 for float32 is told with both names."""
    check_dtype(np.zeros(2, np.float32), np.float32, name="out")
    with pytest.raises(CheckFailure, match="out: expected dtype float32, got float64"):
        check_dtype(np.zeros(2), np.float32, name="out")


def test_the_first_nan_is_located_and_the_others_are_counted():
    """NaN and infinity are not finite; the case stands at the end."""
    array = np.zeros((2, 2))
    check_finite(array, name="out")
    array[1] = np.nan, np.inf
    with pytest.raises(CheckFailure, match=r"out\[1, 0\]: .* NaN; 2 of 4 elements .* \(with pad 0\)$"):
        check_finite(array, name="out", case="with pad 0")


def test_zeros_are_told_from_a_share_of_zeros():
    """A gradient of zeros fails, and one with too many of them does if a share is asked for."""
    check_nonzero(np.array([0.0, 1.0]), name="dx")
    with pytest.raises(CheckFailure, match="every element is zero"):
        check_nonzero(np.zeros(3), name="dx")
    with pytest.raises(CheckFailure, match="only 1 of 2 elements are not zero"):
        check_nonzero(np.array([0.0, 1.0]), name="dx", share=0.5)
