"""Hidden tests of quiz8, notebook dropout: dropout_forward (4 marks) and dropout_backward (3 marks).

False failures. Every statistical check is exact, and told how often a right solution may fail it. In one submission:
- dropout_forward: the keep probability at three values of p, independence, fresh draws, and that counts vary between
  rows, columns and calls: eight at ALPHA = 1e-10.
- "some unit is kept, some unit is dropped" (check_mixed_mask, check_value_set) goes wrong for n units with probability
  p^n + (1 - p)^n at share 0: 60 units at p = 0.5, 2e-18; 120 at p = 0.25, 1e-15. At share 0.01 and 500 units, where at
  most 5 units are dropped at p = 0.9: P(Binomial(500, 0.1) <= 5) = 6e-17.
- two different seeds give masks that look alike: 1e-12.
Together less than 9e-10, below the bound of 1e-9.

Power. randn < p keeps Phi(p) of the units: 59.9 % at p = 0.25, 69.1 % at 0.5, 81.6 % at 0.9. The last is the hardest
to see: the check accepts 7021 of 8000 units or more, which a randn mask keeps with probability 1e-50. So many units
are for randint(10) < 10 p, which keeps 30 % at p = 0.25: up to 2254 of 8000 are accepted, and it keeps no more with
probability 2e-4. At p = 0.78, Phi(p) = p, and no test of the keep probability tells randn from rand, so it is no case.

What counts as a right backward pass: dx = dout * M / p with the mask M that the student's own forward drew, or
dx = dout * out / x, the gradient of the student's own forward, which is multiplication by out / x. For a right
forward the two are one. The second is accepted only where forward treats units differently: a forward that drops
nothing or everything shows no mask, and no backward can be judged by it; nor by factors beyond 1/100 to 100, with which the
tolerance of a comparison could be made as wide as one likes.
"""

import numpy as np
import pytest
from inputs import SHAPES, both_signs, train

from gradkit.checks import (
    check_counts_vary,
    check_dtype,
    check_either,
    check_fresh_draws,
    check_identity,
    check_independence,
    check_keep_probability,
    check_magnitude,
    check_mixed_mask,
    check_nonzero,
    check_reproducible,
    check_same_arguments,
    check_shape,
    check_value_set,
    check_values,
)

ALPHA = 1e-10

pytestmark = pytest.mark.side_by_side


@pytest.mark.question("dropout_forward")
class TestDropoutForward:
    """The forward pass, 16 points for 4 marks."""

    @pytest.mark.points(4)
    def test_keeps_each_unit_with_probability_p(self, submission, rng):
        """Training mode keeps each unit with probability p."""
        x = both_signs(rng, (100, 80))
        calls = {p: submission.dropout_forward.plan(x, train(p)) for p in (0.25, 0.5, 0.9)}
        for p, call in calls.items():
            out, _ = call.value()
            check_keep_probability(out, x, p=p, alpha=ALPHA)

    @pytest.mark.points(3)
    def test_scales_kept_units_by_one_over_p(self, submission, rng):
        """Training mode gives 0 for a dropped unit and x / p for a kept one."""
        x = both_signs(rng, (12, 10))
        calls = {p: submission.dropout_forward.plan(x, train(p)) for p in (0.25, 0.5, 0.9)}
        for p, call in calls.items():
            out, _ = call.value()
            check_value_set(out, x, p=p)

    @pytest.mark.points(2)
    def test_hands_the_input_on_in_test_mode(self, submission, rng):
        """Test mode gives the input unchanged."""
        inputs = {0.5: both_signs(rng, (12, 10)), 0.25: both_signs(rng, (2, 3, 4, 5))}
        calls = [(p, x, submission.dropout_forward.plan(x, {"mode": "test", "p": p})) for p, x in inputs.items()]
        for p, x, call in calls:
            out, _ = call.value()
            check_identity(out, x, case=f"in test mode at p = {p}")

    @pytest.mark.points(1)
    def test_drops_units_independently(self, submission, rng):
        """Training mode decides for each unit on its own, along every axis."""
        images, rows, parts = (rng.uniform(1.0, 2.0, size=size) for size in ((4, 6, 6, 8), (24, 16), (14, 8, 8)))
        calls = [submission.dropout_forward.plan(x, train(0.5)) for x in (images, rows, *parts)]
        out, _ = calls[0].value()
        check_independence(out, images, p=0.5, alpha=ALPHA)
        out = check_shape(calls[1].value()[0], rows.shape, name="out")
        check_counts_vary(out, rows, p=0.5, alpha=ALPHA, case="the parts are rows")
        check_counts_vary(out.T, rows.T, p=0.5, alpha=ALPHA, case="the parts are columns")
        outs = [check_shape(call.value()[0], parts[0].shape, name="out") for call in calls[2:]]
        check_counts_vary(np.stack(outs), parts, p=0.5, alpha=ALPHA, case="the parts are calls")

    @pytest.mark.points(1)
    def test_draws_a_new_mask_on_each_call(self, submission, rng):
        """Without a seed, each call draws a new mask."""
        x = rng.uniform(1.0, 2.0, size=(20, 30))
        calls = [submission.dropout_forward.plan(x, train(0.5)) for _ in range(2)]
        check_fresh_draws([call.value()[0] for call in calls], x, p=0.5, alpha=ALPHA)

    @pytest.mark.points(1)
    def test_repeats_the_mask_for_the_same_seed(self, submission, rng):
        """With a seed in dropout_param, the same seed gives the same mask."""
        x = rng.uniform(1.0, 2.0, size=(10, 20))
        seed = int(rng.integers(1, 2**31))
        calls = [submission.dropout_forward.plan(x, train(0.5, seed=s)) for s in (seed, seed, seed + 1)]
        first, second, other = (call.value()[0] for call in calls)
        check_mixed_mask(first, x)
        check_reproducible(first, second)
        check_fresh_draws([first, other], x, p=0.5, alpha=1e-12, case="with two different seeds")

    @pytest.mark.points(1)
    def test_drops_nothing_at_p_1(self, submission, rng):
        """At p = 1 training mode keeps every unit, and at a smaller p it does not."""
        x = both_signs(rng, (12, 10))
        keeps_all, drops_some = (submission.dropout_forward.plan(x, train(p)) for p in (1.0, 0.5))
        out, _ = keeps_all.value()
        check_identity(out, x, case="in training mode at p = 1")
        out, _ = drops_some.value()
        check_mixed_mask(out, x, case="in training mode at p = 0.5")

    @pytest.mark.points(1)
    def test_takes_any_number_of_axes(self, submission, rng):
        """Training mode works for arrays with one axis, three and four, and for zeros."""
        inputs, zeros = [both_signs(rng, shape) for shape in SHAPES], np.zeros((4, 5))
        *calls, last = (submission.dropout_forward.plan(x, train(0.5)) for x in (*inputs, zeros))
        for x, call in zip(inputs, calls, strict=True):
            out, _ = call.value()
            check_mixed_mask(out, x, case=f"for x of shape {x.shape}")
        out, _ = last.value()
        check_values(out, zeros, name="out", case="where x is zero")

    @pytest.mark.points(1)
    def test_leaves_its_arguments_alone(self, submission, rng):
        """The input and dropout_param are not changed in place."""
        x = both_signs(rng, (10, 12))
        params = [{"mode": mode, "p": 0.5, "seed": int(rng.integers(1, 2**31))} for mode in ("train", "test")]
        calls = [submission.dropout_forward.plan_returning_arguments(x, param) for param in params]
        for param, call in zip(params, calls, strict=True):
            mode = param["mode"]
            case = f"in {mode} mode"
            (out, _), after = call.value()
            check_same_arguments(after, (x, param), names=("x", "dropout_param"), case=case)
            check_shape(out, x.shape, name="out", case=case)
            if mode == "train":
                check_mixed_mask(out, x, case=case)

    @pytest.mark.points(1)
    def test_keeps_the_dtype_of_its_input(self, submission, rng):
        """The output has the dtype of the input."""
        inputs = [both_signs(rng, (10, 12)).astype(dtype) for dtype in (np.float32, np.float64)]
        cases = [(x, mode) for x in inputs for mode in ("train", "test")]
        calls = [submission.dropout_forward.plan(x, {"mode": mode, "p": 0.5}) for x, mode in cases]
        for (x, mode), call in zip(cases, calls, strict=True):
            case = f"in {mode} mode"
            out, _ = call.value()
            check_dtype(out, x.dtype, name="out", case=case)
            if mode == "train":
                check_mixed_mask(out, x, case=case)


class Passes:
    """A forward and a backward pass, planned so that all those of a test go in one message."""

    def __init__(self, submission, x, dout, param):
        self.x, self.dout, self.p = x, dout, param["p"]
        self.forward = submission.dropout_forward.plan(x, param)
        self.backward = submission.dropout_backward.plan(dout, self.forward[1])

    def values(self):
        """Return out and dx."""
        out, _ = self.forward.value()
        return out, self.backward.value()

    def check(self):
        """Compare dx with what the mask of this forward pass asks for."""
        out, dx = self.values()
        case = f"in training mode at p = {self.p}, for dout of shape {self.dout.shape}"
        check_against_own_mask(dx, self.dout, out, self.x, self.p, case)


def plan_training(submission, rng, p, shape=(20, 25)):
    """Plan both passes in training mode.

    The shapes are so large that a mask shows also where forward draws it once for all rows, or once for each.
    """
    return Passes(submission, both_signs(rng, shape), both_signs(rng, shape), train(p))


def check_against_own_mask(dx, dout, out, x, p, case):
    """Check dx against the mask that shows in out: scaled as the exercise asks, or as the student's forward does."""
    dx = check_shape(dx, dout.shape, name="dx", case=case)
    seen = np.ones(x.shape, dtype=bool)
    name = "the mask of dropout_forward can't be seen, so dx can't be judged; out"
    factors = check_mixed_mask(out, x, share=0.01 if x.size >= 500 else 0.0, name=name, case=case)
    check_magnitude(factors, smallest=0.01, largest=100.0, name=name, case=case)
    if not factors[x < 0].any():  # a ReLU in forward hides what the mask does to negative inputs
        seen = x > 0
        check_mixed_mask(np.asarray(out)[seen], x[seen], name=name, case=case)
    asked, own = dout * (factors != 0) / p, dout * factors
    dx, asked, own = (np.where(seen, values, 0.0) for values in (dx, asked, own))
    check_either(
        lambda: check_values(dx, asked, name="dx", case=case),
        lambda: check_values(dx, own, name="dx", case=case),
    )


@pytest.mark.question("dropout_backward")
class TestDropoutBackward:
    """The backward pass, 12 points for 3 marks, each time with the cache of the student's own forward pass."""

    @pytest.mark.points(3)
    def test_lets_the_gradient_through_kept_units(self, submission, rng):
        """In training mode dx is zero where a unit was dropped and dout / p where it was kept."""
        plan_training(submission, rng, 0.5).check()

    @pytest.mark.points(3)
    def test_scales_the_gradient_for_every_p(self, submission, rng):
        """The gradient is scaled by the same 1 / p as the output, whatever p is."""
        for passes in [plan_training(submission, rng, p, (60, 60)) for p in (0.25, 0.9)]:
            passes.check()

    @pytest.mark.points(2)
    def test_hands_the_gradient_on_in_test_mode(self, submission, rng):
        """In test mode dx is dout."""
        x, dout = both_signs(rng, (12, 10)), both_signs(rng, (12, 10))
        for passes in [Passes(submission, x, dout, {"mode": "test", "p": p}) for p in (0.5, 0.25)]:
            case = f"in test mode at p = {passes.p}"
            out, dx = passes.values()
            check_either(
                lambda dx=dx, case=case: check_values(dx, dout, name="dx", case=case),
                lambda dx=dx, case=case, out=out: check_own_test_mode(dx, dout, out, x, case),
            )

    @pytest.mark.points(1)
    def test_takes_any_number_of_axes(self, submission, rng):
        """Training mode works for arrays with three axes and with four, and where the input is zero."""
        several = [plan_training(submission, rng, 0.5, shape) for shape in ((24, 2, 24), (24, 2, 2, 24))]
        dout = both_signs(rng, (20, 25))
        zeros = Passes(submission, np.zeros(dout.shape), dout, train(0.5))
        for passes in several:
            passes.check()
        _, dx = zeros.values()
        check_mixed_mask(dx, dout, name="dx", case="where x is zero")

    @pytest.mark.points(2)
    def test_uses_the_cache_it_is_given(self, submission, rng):
        """Two forward passes, then two backward passes: each uses the mask in its own cache."""
        p, shape = 0.5, (20, 25)
        inputs = [(both_signs(rng, shape), both_signs(rng, shape)) for _ in range(2)]
        forward = [submission.dropout_forward.plan(x, train(p)) for x, _ in inputs]
        backward = [
            submission.dropout_backward.plan(dout, call[1]) for (_, dout), call in zip(inputs, forward, strict=True)
        ]
        for order, (x, dout), *calls in zip(("first", "second"), inputs, forward, backward, strict=True):
            (out, _), dx = (call.value() for call in calls)
            check_against_own_mask(dx, dout, out, x, p, f"the {order} of two passes, in training mode at p = {p}")

    @pytest.mark.points(1)
    def test_leaves_its_arguments_alone(self, submission, rng):
        """The upstream gradient dout and the cache are not changed in place."""
        x, dout = both_signs(rng, (10, 12)), both_signs(rng, (10, 12))
        forward = submission.dropout_forward.plan(x, train(0.5))
        first = submission.dropout_backward.plan_returning_arguments(dout, forward[1])
        second = submission.dropout_backward.plan(dout, forward[1])
        dx, after = first.value()
        check_same_arguments(after, (dout, None), names=("dout", None))
        check_mixed_mask(dx, dout, name="dx", case="in training mode at p = 0.5")
        check_values(second.value(), dx, name="dx", case="in a second call with the same dout and cache")


def check_own_test_mode(dx, dout, out, x, case):
    """Check dx against a forward pass that does more than it should in test mode, but something."""
    out = check_nonzero(check_shape(out, x.shape, name="out", case=case), name="out", case=case)
    check_magnitude(out / x, smallest=0.01, largest=100.0, name="out", case=case)
    check_values(dx, dout * out / x, name="dx", case=case)
