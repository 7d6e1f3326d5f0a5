"""Probe of quiz8, notebook dropout: what the diagnosis looks at. It gives no marks.

A probe tries an implementation on fixed inputs and observes what it does; the known bugs are told apart by that. What
is observed are signs with words for them (shares, factors, ways to behave), so that a mistake is known however it is
written.
"""

import re

import numpy as np
from inputs import SHAPES, both_signs, train

from gradkit.checks import check_finite, check_shape
from gradkit.errors import FunctionRaised

FACTOR = "the factor of kept units"
SAYS_FACTOR = "The units that your function keeps are multiplied by {}"


def factors_of(out, x):
    """Return out / x, once out has the shape of x and finite numbers."""
    return check_finite(check_shape(out, x.shape, name="out"), name="out") / x


def plan_each(submission, inputs, param):
    """Plan a call for each input: pairs of both."""
    return [(submission.dropout_forward.plan(x, dict(param)), x) for x in inputs]


def factors_of_each(planned):
    """Return the factors of planned calls."""
    return [factors_of(call.value()[0], x) for call, x in planned]


def gradient_of(call, dout):
    """Return the student's dx, the value of a planned call, once it has the shape of dout and finite numbers."""
    return check_finite(check_shape(call.value(), dout.shape, name="dx"), name="dx")


def draws_of(mask):
    """Return a mask without the axes along which it only repeats itself, so that its units are independent draws."""
    for axis in range(mask.ndim):
        first = mask.take([0], axis=axis)
        if (mask == first).all() and first.any() and not first.all():
            mask = first
    return mask


def layout_of(mask):
    """Say how the units of a mask with two axes hang together."""
    if mask.all() or not mask.any():
        return "the same for all units"
    if (mask == mask[:1]).all():
        return "the same in every row"
    if (mask == mask[:, :1]).all():
        return "the same in every column"
    return "drawn anew for each unit"


def common(numbers):
    """Return the number that all of an array's are up to rounding; 1 where they are several, or none."""
    return numbers.flat[0] if numbers.size and np.ptp(numbers) <= 1e-4 * np.abs(numbers).max() else 1.0


def is_changed(before, after):
    """Say what became of an argument."""
    return "as it was" if np.array_equal(before, after) else "changed"


def probe_dropout_forward(submission, rng, observe):
    """Observe the mask, the factor of what is kept, and both modes."""
    factor_in_training = {}
    for p in (0.25, 0.5, 0.9):
        x = both_signs(rng, (200, 320))  # so many that a Laplace draw shows from a normal one
        conditions = ["the mode is train", *(["p is not 0.5"] if p != 0.5 else [])]
        with observe.case(f"in training mode at p = {p}", *conditions):
            factors = factors_of(submission.dropout_forward(x, train(p))[0], x)
            kept = factors != 0
            factor_in_training[p] = common(factors[kept])
            positive = kept[x > 0]
            only_positive = positive.any() and not positive.all() and not kept[x < 0].any()
            draws = kept[x > 0] if only_positive else draws_of(kept)
            observe.rate("the share of kept units", draws, asked=p, says="Your mask keeps {} of the units")
            signs = "drops every negative unit" if only_positive else "takes no notice of signs"
            observe.fact("negative units", signs, says="Your function {}")
            observe_factor(observe, factors)
            some = factors[::20]  # 3200 units show it too, and are sorted in no time
            numbers = np.unique(np.round(some * x[::20], 6))
            told = "one number at each kept unit" if numbers.size == 2 else "x times a factor"
            if np.unique(np.round(some, 6)).size > some.size * 2 / 3:
                told = "x with noise" if abs(factors.mean() - 1) < 0.05 else "x times a random number"
            observe.fact("what comes out", told, says="Your function returns {}")
            observe.fact("the layout of the mask", layout_of(kept), says="Your mask is {}")
    in_test_mode = {p: rng.uniform(1.0, 2.0, size=(100, 80)) for p in (0.25, 0.5)}
    calls = {p: submission.dropout_forward.plan(x, {"mode": "test", "p": p}) for p, x in in_test_mode.items()}
    twice = plan_each(submission, [rng.uniform(1.0, 2.0, size=(20, 30)) for _ in range(2)], train(0.5))
    of_shapes = plan_each(submission, [both_signs(rng, shape) for shape in SHAPES], train(0.5))
    eight = plan_each(submission, [rng.uniform(1.0, 2.0, size=(10, 10))] * 8, train(0.5))
    of_float32 = submission.dropout_forward.plan(both_signs(rng, (4, 5)).astype(np.float32), train(0.5))
    other_shapes = plan_each(submission, [both_signs(rng, shape) for shape in ((6, 9), (11, 4))], train(0.5))
    afterwards = {mode: both_signs(rng, (30, 20)) for mode in ("train", "test")}
    plan = submission.dropout_forward.plan_returning_arguments
    after_calls = {mode: plan(x, {"mode": mode, "p": 0.5}) for mode, x in afterwards.items()}
    seeded = plan_each(submission, [both_signs(rng, (60, 70))] * 2, train(0.5, seed=7))
    for p, x in in_test_mode.items():
        with observe.case(f"in test mode at p = {p}", "the mode is test"):
            factors = factors_of(calls[p].value()[0], x)
            kept = factors != 0
            says = "Your function keeps {} of the units"
            observe.rate("the share of kept units in test mode", kept, asked=1.0, says=says, coarse=True)
            as_in_training = not kept.all() and np.allclose(factors[kept], factor_in_training.get(p, np.nan))
            if kept.all() or as_in_training:  # dropping with the factor of training is one mistake, not two
                factors = np.ones(1) if as_in_training else factors
                observe.number("the factor in test mode", factors, says="What is kept is multiplied by {}")
            else:
                observe.fact("the factor in test mode", "")
    with observe.case("when it is called twice without a seed"):
        outs = [np.round(factors, 6) for factors in factors_of_each(twice)]
        if min(np.ptp(out) for out in outs) > 0:
            alike = "the same units twice" if np.array_equal(*outs) else "other units each time"
            observe.fact("the second call", alike, says="Your function keeps {}")
        else:
            observe.fact("the second call", "no mask is to be seen")
    with observe.case("when it is called twice with one seed"):
        outs = factors_of_each(seeded)
        alike = "the same units" if np.array_equal(*outs) else "other units"
        observe.fact("the same seed", alike, says="Your second call keeps {}")
    for call, x in of_shapes:
        with observe.case(f"for x of shape {x.shape}", "the mode is train", "x has other than two axes"):
            factors = factors_of(call.value()[0], x)
            masked = "kept units and dropped ones" if factors.any() and not factors.all() else ""
            observe.fact("the mask for other shapes", masked, says="The output has {}")
    with observe.case("in eight calls on an array of 100 units"):
        outs = factors_of_each(eight)
        counts = set(map(np.count_nonzero, outs))
        number = (
            "the same number of units each time"
            if len(counts) == 1 and 0 < min(counts) < 100
            else "more units or fewer"
        )
        observe.fact("how many units are kept", number, says="Your function keeps {}")
    with observe.case("for x of dtype float32"):
        out, _ = of_float32.value()
        observe.fact("the dtype", check_shape(out, (4, 5), name="out").dtype.name, says="The output has the dtype {}")
    with observe.case("for arrays of several shapes", "the mode is train"):
        fixed = fixed_numbers(other_shapes)
        observe.fact("the size of the mask", "a size of its own" if fixed else "the size of x", says="Your mask has {}")
    for mode, x in afterwards.items():
        with observe.case(f"after a call in {mode} mode", f"the mode is {mode}"):
            _, (after, _) = after_calls[mode].value()
            observe.fact(f"x after a call in {mode} mode", is_changed(x, after), says="The caller's x is {}")


def observe_factor(observe, factors):
    """Observe the common factor of kept units, or that it follows from how many there happen to be."""
    kept = factors[factors != 0]
    p_of_this_mask = kept.size / factors.size
    if 0 < p_of_this_mask < 1 and np.allclose(kept * p_of_this_mask, 1.0, rtol=1e-9) and not is_round(kept[0]):
        observe.fact(FACTOR, "1 over the share that this very mask keeps", says=SAYS_FACTOR)
    else:
        observe.number(FACTOR, kept, says=SAYS_FACTOR)


def is_round(factor):
    """Say whether a factor belongs to one of the probed p, and to no share that came by chance."""
    return any(abs(factor * p - 1) < 1e-9 for p in (0.1, 0.25, 0.5, 0.75, 0.9, 1.0))


def fixed_numbers(planned):
    """Return the numbers, other than x's own sizes, that NumPy's complaints about shapes have in common."""
    found = []
    for call, x in planned:
        try:
            call.value()
        except FunctionRaised as error:
            found.append(set(re.findall(r"\d+", error.text)) - {str(size) for size in (*x.shape, 0, 1)})
        else:
            return []
    return sorted(set.intersection(*found))


def as_asked(ratio, own, asked):
    """Take a gradient of the student's own forward, right or wrong, for the one that was asked for."""
    return asked if np.allclose(ratio, own, rtol=1e-6) else ratio


def probe_dropout_backward(submission, rng, observe):
    """Observe what becomes of the upstream gradient where the student's own forward kept a unit, and where it did not."""
    scales, in_training, in_test_mode = {}, [], []
    for p in (0.25, 0.5, 0.9):
        x, dout = both_signs(rng, (60, 70)), both_signs(rng, (60, 70))
        forward = submission.dropout_forward.plan(x, train(p))
        backward, second = (submission.dropout_backward.plan(dout, forward[1]) for _ in range(2))
        in_training.append((p, x, dout, forward, backward, second))
    for p in (0.25, 0.5):
        x, dout = both_signs(rng, (30, 40)), both_signs(rng, (30, 40))
        forward = submission.dropout_forward.plan(x, {"mode": "test", "p": p})
        in_test_mode.append((p, x, dout, forward, submission.dropout_backward.plan(dout, forward[1])))
    last_x, last_dout = both_signs(rng, (30, 20)), both_signs(rng, (30, 20))
    forward = submission.dropout_forward.plan(last_x, train(0.5))
    last = submission.dropout_backward.plan_returning_arguments(last_dout, forward[1])
    for p, x, dout, forward, backward, second in in_training:
        conditions = ["the mode is train", *(["p is not 0.5"] if p != 0.5 else [])]
        with observe.case(f"in training mode at p = {p}", *conditions):
            factors = factors_of(forward.value()[0], x)
            kept = factors != 0
            dx = gradient_of(backward, dout)
            ratio = as_asked(dx / dout, factors, kept / p)
            scales[p] = common(ratio[ratio != 0])
            through = ratio != 0
            again = second.value()
            told = [
                ("at the units that were kept", np.array_equal(through, kept)),
                ("everywhere", through.all() and np.ptp(ratio) < 1e-6),
                ("at the units that were dropped", np.array_equal(through, ~kept)),
                ("at units drawn anew", through.any() and not np.array_equal(dx, again)),
            ]
            where = next((words for words, holds in told if holds), "")
            observe.fact("where dx is not zero", where, says="Your dx lets the gradient through {}")
            says = "dx is not zero at {} of the units that were dropped"
            observe.rate("the gradient at dropped units", through[~kept], says=says, coarse=True)
            says = "Where the gradient gets through, dx / dout is {}"
            observe.number("dx / dout", ratio[through] if where else [], says=says)
            constant = dx.any() and np.ptp(dx[dx != 0]) < 1e-6
            observe.fact("dx and dout", "does not depend" if constant else "depends", says="Your dx {} on dout")
    for p, x, dout, forward, backward in in_test_mode:
        with observe.case(f"in test mode at p = {p}", "the mode is test"):
            out, _ = forward.value()
            dx = gradient_of(backward, dout)
            ratio = as_asked(dx / dout, factors_of(out, x), np.ones(x.shape))
            through = ratio != 0
            says = "Your dx lets {} of the gradient through"
            observe.rate("the share let through in test mode", through, says=says, coarse=True)
            as_in_training = not through.all() and np.allclose(ratio[through], scales.get(p, np.nan))
            if through.all() or as_in_training:
                observe.number(
                    "dx / dout in test mode", np.ones(1) if as_in_training else ratio, says="dx / dout is {}"
                )
            else:
                observe.fact("dx / dout in test mode", "")
    with observe.case("after a call in training mode", "the mode is train"):
        _, after = last.value()
        observe.fact("dout afterwards", is_changed(last_dout, after[0]), says="The caller's dout is {}")
