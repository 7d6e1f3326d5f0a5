"""Values are compared relative to their size, and what the wrong ones have in common is said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradkit.checks import CheckFailure, check_identity, check_magnitude, check_values


@pytest.fixture
def rng():
    """Return a seeded generator."""
    return np.random.default_rng(7)


@pytest.fixture
def expected(rng):
    """Return an array of the shape of a gradient."""
    return rng.standard_normal((3, 4, 5, 5))


def fails_with(got, expected, words):
    """Check that the comparison fails with these words."""
    with pytest.raises(CheckFailure, match=words):
        check_values(got, expected, name="dw", case="with stride 2, pad 0")


def test_sums_in_another_order_pass(rng):
    """Rounding is no mistake, in float64 and in float32."""
    for dtype in (np.float64, np.float32):
        a, b = rng.standard_normal((40, 900)).astype(dtype), rng.standard_normal((900, 30)).astype(dtype)
        check_values((a[:, ::-1] @ b[::-1]).astype(dtype), (a.astype(np.float64) @ b).astype(dtype), name="out")


@given(exponent=st.integers(-200, 200))
def test_the_tolerance_moves_with_the_scale(exponent):
    """Zeros never pass for a gradient, however small it is, and a relative error of 1e-6 fails at every scale."""
    values = np.array([1.0, -3.0, 0.5]) * 10.0**exponent
    check_values(values * (1 + 1e-13), values, name="dw")
    fails_with(np.zeros(3), values, "every element is zero")
    fails_with(values * (1 + 1e-6), values, "expected")


def test_float32_results_get_the_tolerance_of_float32(expected):
    """A student who computes in float32 is not failed for its rounding, and float16 is not excused."""
    check_values(expected.astype(np.float32), expected, name="out")
    fails_with(expected.astype(np.float16), expected, "expected")


def test_where_zeros_are_expected_only_zeros_pass_without_a_scale():
    """Only the caller knows how large the terms were that cancel to zero."""
    check_values(np.zeros(2), np.zeros(2), name="db")
    check_values(np.full(2, 1e-16), np.zeros(2), name="db", scale=1.0)
    fails_with(np.full(2, 1e-16), np.zeros(2), "expected 0, got 1e-16")


def test_the_message_gives_place_numbers_ratio_pattern_and_case(expected):
    """The form of a message, whole."""
    expected = np.array([[0.25, 0.5], [1.0, 2.0]])
    fails_with(
        -expected,
        expected,
        r"^dw\[1, 1\]: expected 2, got -2, ratio -1; every element has the opposite sign "
        r"\(with stride 2, pad 0\)$",
    )


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda a: a * 0, "every element is zero"),
        (lambda a: a / 3, r"every element differs by the same factor, 0\.333333 \(1/3\)"),
        (np.abs, "each of them has the opposite sign"),
        (lambda a: a[:, :, ::-1, ::-1], "reversed order along axes 2 and 3"),
        (lambda a: np.swapaxes(a, 2, 3), "axes 2 and 3 swapped"),
        (lambda a: np.roll(a, 1, axis=0), "stand in other places"),
        (lambda a: a + 2.5, "every element is off by the same amount"),
        (lambda a: a + np.arange(1.0, 5.0)[:, None, None], "same index on axis 1 are all off by the same amount"),
        (lambda a: a * (np.arange(3) < 2)[:, None, None, None], "all of them at index 2 of axis 0"),
        (lambda a: a + (np.arange(4) > 0)[:, None, None] * a**2, "none of them at index 0 of axis 1"),
        (lambda a: a * np.pad(np.ones((3, 3)), 1, constant_values=9) ** a, "at the border of the last two axes"),
    ],
)
def test_what_all_differences_have_in_common_is_said(expected, wrong, words):
    """A student sees the misconception sooner than in a list of numbers."""
    fails_with(wrong(expected), expected, words)


def test_a_message_tells_one_element_and_no_array(expected):
    """The hidden values stay hidden."""
    with pytest.raises(CheckFailure) as failure:
        check_values(expected + np.random.default_rng(0).standard_normal(expected.shape), expected, name="out")
    assert "60 of 300" not in str(failure.value)
    assert sum(f"{value:.6g}" in str(failure.value) for value in expected.ravel()) == 1


def test_identity_takes_the_input_itself_and_a_copy(rng):
    """In test mode a layer may return its input or a copy; not half of it."""
    x = rng.standard_normal((3, 4))
    check_identity(x, x)
    check_identity(x.copy(), x)
    with pytest.raises(CheckFailure, match=r"ratio 0\.5"):
        check_identity(x / 2, x)


@pytest.mark.parametrize("bad", [1e31, -1e31, np.nan, np.inf, None])
def test_numbers_out_of_proportion_are_refused(bad):
    """A size beyond the bounds fails; zeros and sizes within them pass."""
    check_magnitude(np.array([0.0, 0.5, -2.0]), largest=10, smallest=0.1, name="out")
    with pytest.raises(CheckFailure, match="out"):
        check_magnitude(np.array([1.0, bad], dtype=float) if bad is not None else None, largest=10, name="out")
    with pytest.raises(CheckFailure, match="proportion"):
        check_magnitude(np.array([0.0, 1e-9]), largest=10, smallest=0.1, name="out")


def test_what_overflows_never_agrees():
    """Expected values that are no numbers are not matched by anything."""
    for value in (np.nan, np.inf, 1e308):
        with pytest.raises(CheckFailure):
            check_values(np.full(3, 1e308), np.array([value, np.inf, 0.0]), name="out")
