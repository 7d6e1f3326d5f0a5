"""Checks on dropout masks pass right masks, catch the usual wrong ones, and fail by chance as rarely as they say."""

import numpy as np
import pytest
from scipy import stats

from gradkit.checks import (
    CheckFailure,
    check_counts_vary,
    check_fresh_draws,
    check_independence,
    check_keep_probability,
    check_mixed_mask,
    check_reproducible,
    check_value_set,
)
from gradkit.checks.binomial import accepted_counts


@pytest.fixture
def rng():
    """Return a seeded generator."""
    return np.random.default_rng(11)


@pytest.fixture
def x(rng):
    """Return inputs of both signs and no zeros."""
    return rng.uniform(1, 2, (50, 80)) * rng.choice([-1.0, 1.0], (50, 80))


@pytest.mark.parametrize("n", [1, 7, 100, 4000])
@pytest.mark.parametrize("p", [0.05, 0.25, 0.5, 0.625, 0.9])
@pytest.mark.parametrize("alpha", [1e-3, 1e-10])
def test_the_accepted_counts_are_those_of_the_exact_binomial_test(n, p, alpha):
    """Outside lies at most alpha, and one count less on either side would be too many."""
    low, high = accepted_counts(n, p, alpha)
    outside = stats.binom.cdf(low - 1, n, p) + stats.binom.sf(high, n, p)
    assert outside <= alpha
    assert stats.binom.cdf(low, n, p) >= alpha / 2 * (1 - 1e-9)
    assert stats.binom.sf(high - 1, n, p) >= alpha / 2 * (1 - 1e-9)


def test_the_stated_probability_of_a_false_failure_holds(rng):
    """At alpha = 0.2, not more than a fifth of 2000 right masks fails each check (3.7 sd above: 0.233)."""
    x = np.ones((20, 20))
    failures = {"keep": 0, "independence": 0, "draws": 0}
    for _ in range(2000):
        outs = [x * (rng.random(x.shape) < 0.3) / 0.3 for _ in range(2)]
        for name, check, out in (
            ("keep", check_keep_probability, outs[0]),
            ("independence", check_independence, outs[0]),
            ("draws", check_fresh_draws, outs),
        ):
            try:
                check(out, x, p=0.3, alpha=0.2)
            except CheckFailure:
                failures[name] += 1
    assert all(count <= 466 for count in failures.values()), failures
    assert all(count > 0 for count in failures.values()), failures


@pytest.mark.parametrize(("p", "share"), [(0.25, "5[89]|6[01]"), (0.5, "6[89]|70"), (0.9, "8[012]")])
def test_randn_in_place_of_rand_is_seen(rng, x, p, share):
    """randn < p keeps Phi(p) of the units, which is p nowhere but near 0.78."""
    check_keep_probability(x * (rng.random(x.shape) < p), x, p=p)
    with pytest.raises(CheckFailure, match=rf"keeps ({share}).* % of the units at p = {p}, expected .* 4 000 units"):
        check_keep_probability(x * (rng.standard_normal(x.shape) < p), x, p=p)


def test_a_relu_shows_in_the_keep_probability(rng, x):
    """With inputs of both signs, and the message says which are never kept."""
    with pytest.raises(CheckFailure, match="no negative input is kept"):
        check_keep_probability(np.maximum(x, 0) * (rng.random(x.shape) < 0.5), x, p=0.5)


def test_a_sample_that_can_not_show_anything_is_the_instructors_mistake():
    """A check that can't fail is no check."""
    x = np.ones(5)
    with pytest.raises(ValueError, match="5 units can't show"):
        check_keep_probability(x, x, p=0.5)
    with pytest.raises(ValueError, match="not zero"):
        check_value_set(np.zeros(3), np.zeros(3), p=0.5)


@pytest.mark.parametrize(
    ("factor", "words"), [(1.0, r"got x \* 1;"), (1 / 0.75, r"got x \* 1\.33333"), (16.0, r"got x \* 16")]
)
def test_the_factor_of_kept_units_is_told(rng, x, factor, words):
    """No scaling, scaling by the wrong probability, scaling twice."""
    kept = rng.random(x.shape) < 0.25
    check_value_set(x * kept / 0.25, x, p=0.25)
    with pytest.raises(CheckFailure, match=r"expected 0 or x \* 4 .*" + words + ".*every unit that is kept"):
        check_value_set(x * kept * factor, x, p=0.25)


def test_a_value_set_in_float32(rng, x):
    """The tolerance is that of the dtype."""
    x = x.astype(np.float32)
    check_value_set(x * (rng.random(x.shape) < 0.9) / np.float32(0.9), x, p=0.9)


def test_nothing_kept_is_no_value_set(x):
    """Zeros are in {0, x / p}, and still wrong."""
    with pytest.raises(CheckFailure, match="every element is zero"):
        check_value_set(x * 0, x, p=0.5)


@pytest.mark.parametrize("axis", range(4))
def test_a_mask_shared_along_an_axis_is_seen(rng, axis):
    """One mask for every image, channel, row or column."""
    x = np.ones((4, 6, 6, 8))
    check_independence(x * (rng.random(x.shape) < 0.5), x, p=0.5)
    shape = list(x.shape)
    shape[axis] = 1
    with pytest.raises(CheckFailure, match=f"shared along axis {axis}"):
        check_independence(x * (rng.random(shape) < 0.5), x, p=0.5)


def test_a_mask_that_repeats_after_half_an_axis_is_seen(rng):
    """Neighbours may be independent and the mask a tile all the same."""
    x = np.ones((20, 30))
    with pytest.raises(CheckFailure, match="units 10 apart along axis 0"):
        check_independence(x * np.tile(rng.random((10, 30)) < 0.5, (2, 1)), x, p=0.5)


@pytest.mark.parametrize("share", [0.3, 0.69, 0.8])
def test_units_that_are_kept_too_often_are_still_independent(rng, share):
    """A wrong keep probability is a mistake of its own; one mask for several units shows at any probability."""
    x = np.ones((4, 6, 6, 8))
    for _ in range(50):
        check_independence(x * (rng.random(x.shape) < share), x, p=0.5, alpha=1e-10)
    with pytest.raises(CheckFailure, match="shared along axis 0"):
        check_independence(x * (rng.random((1, 6, 6, 8)) < share), x, p=0.5, alpha=1e-10)
    with pytest.raises(CheckFailure, match="is one mask repeated"):
        check_independence(x * np.resize(rng.random(61) < share, x.shape), x, p=0.5, alpha=1e-10)


@pytest.mark.parametrize("dropped", [1, 5])
def test_too_few_dropped_units_show_no_independence(rng, x, dropped):
    """A mask that drops next to nothing can't be told from one that is shared, so it does not pass."""
    mask = np.ones(x.size)
    mask[rng.choice(x.size, dropped, replace=False)] = 0
    with pytest.raises(CheckFailure, match="together"):
        check_independence(x * mask.reshape(x.shape), x, p=0.5, alpha=1e-10)


def test_draws_are_compared_unit_by_unit(rng, x):
    """The same mask on each call fails, and so does its opposite."""
    masks = [rng.random(x.shape) < 0.5 for _ in range(3)]
    check_fresh_draws([x * mask for mask in masks], x, p=0.5)
    with pytest.raises(CheckFailure, match="each call is to draw a new mask"):
        check_fresh_draws([x * masks[0], x * masks[0]], x, p=0.5)
    with pytest.raises(CheckFailure, match="treat 0 % of the units alike"):
        check_fresh_draws([x * masks[0], x * ~masks[0]], x, p=0.5)


def test_a_seed_gives_the_same_output(x):
    """Equal arrays pass, others fail with a count."""
    check_reproducible(x, x.copy())
    other = x.copy()
    other[0, :3] = 0
    with pytest.raises(CheckFailure, match="differ in 3 of 4 000 elements"):
        check_reproducible(x, other)


@pytest.mark.parametrize(
    ("out", "words"),
    [(lambda x: x, "no unit is dropped"), (lambda x: 0 * x, "every unit is dropped"), (lambda x: 3 * x, "no unit")],
)
def test_a_layer_that_treats_all_units_alike_shows_no_mask(x, out, words):
    """Identity, zeros and a common factor."""
    with pytest.raises(CheckFailure, match=words):
        check_mixed_mask(out(x), x)


def test_a_share_of_units_may_be_asked_for(x):
    """One unit dropped out of 4000 is no mask to judge a backward pass by."""
    out = x.copy()
    out[0, 0] = 0
    check_mixed_mask(out, x)
    with pytest.raises(CheckFailure, match="or nearly so"):
        check_mixed_mask(out, x, share=0.01)


def test_counts_that_never_vary_are_no_independent_draws(rng):
    """Exactly half of each row kept fails; independent draws pass; too few rows to tell is the instructor's mistake."""
    x = rng.uniform(1.0, 2.0, size=(24, 16))
    exact = rng.permuted(np.repeat([[0.0, 2.0]], 24, axis=0).repeat(8, axis=1), axis=1)
    with pytest.raises(CheckFailure, match="each of 24 parts keeps exactly 8 of 16 units"):
        check_counts_vary(x * exact, x, p=0.5, alpha=1e-10)
    for _ in range(200):
        check_counts_vary(x * (rng.random(x.shape) < 0.5), x, p=0.5, alpha=1e-10)
    with pytest.raises(ValueError, match="can't show"):
        check_counts_vary(x[:3], x[:3], p=0.5, alpha=1e-10)


@pytest.mark.parametrize("period", [7, 60, 1000])
def test_a_short_mask_that_is_repeated_is_seen(rng, period):
    """A mask filled with copies of itself fails at any length of the copy, and independent masks pass."""
    x = rng.uniform(1.0, 2.0, size=(4, 6, 6, 8))
    tiled = np.resize(rng.random(period), x.shape) < 0.5
    with pytest.raises(CheckFailure, match=r"repeated|shared|together"):
        check_independence(x * tiled, x, p=0.5, alpha=1e-10)
    for _ in range(200):
        check_independence(x * (rng.random(x.shape) < 0.5), x, p=0.5, alpha=1e-10)
