"""What the probes of both notebooks have in common: a layer in, observations out."""

import numpy as np
from norms import PARTS
from signs import OWN, PATH_WHOLE, ROOT, SCALED, STANDARD, backward_signs, parameter_signs, same

from gradkit.checks import CheckFailure, as_array, check_finite, check_shape
from gradkit.errors import SubmissionFailure

SAYS_FORWARD = {
    "centre": "What your function takes off is {}",
    "spread": "The variance that your function uses is {}",
    "count": "The squares are divided by {}",
    "kind": "Your function divides by {}",
    "eps": "It divides by {}",
    "scaling": "Your function returns {}",
}
SAYS_BACKWARD = {
    "gamma": "In dx, gamma is {}",
    "axis": "The sums in your dx are those {}",
    "divisor": "Your dx is divided by {}",
    "factor": "Compared with the gradient, your dx is {}",
    "mean": "In your dx, what reaches the loss through the mean is {}",
    "variance": "In your dx, what reaches the loss through the variance is {}",
}
FAR = 0.2
"""A forward pass whose output is off by more, relative to the largest, is no ground on which backward can be judged."""


def whole_output(out, layer):
    """Return an output, once it has the right shape and finite numbers."""
    return check_finite(check_shape(out, layer.x.shape, name="out"), name="out")


def observe_forward(observe, signs, prefix=""):
    """Record the signs of an output."""
    for name, words in signs.items():
        observe.fact(f"{prefix}{name}", words, says=SAYS_FORWARD[name])


def right_signs(axis):
    """Return the signs of a right output."""
    return {
        "centre": f"the mean {OWN[axis]}", "spread": OWN[axis], "count": "N", "kind": STANDARD, "eps": ROOT, "scaling": SCALED,
    }  # fmt: skip


def observe_gradients(submission, observe, layer):
    """Record what dx, dgamma and dbeta are made of, and that dout and the cache are left as they were."""
    got = asked_or_own(submission, layer)
    dx, dgamma, dbeta = (as_array(gradient, name) for name, gradient in zip(PARTS, got, strict=True))
    dx = check_finite(dx, name="dx")
    right = dx.shape == layer.x.shape and dx.any()
    signs = backward_signs(dx, layer, layer.dout) if right else dict.fromkeys(SAYS_BACKWARD, "")
    right = {"gamma": "used", "axis": OWN[layer.axis], "divisor": STANDARD, "factor": "1", "mean": PATH_WHOLE,
             "variance": PATH_WHOLE}  # fmt: skip
    if same(dx, layer.gradients[0]):
        signs = right
    elif not dx.any():
        signs = {**right, "factor": "zero"}
    for name, words in signs.items():
        observe.fact(name, words, says=SAYS_BACKWARD[name])
    for name, words in zip(("dgamma", "dbeta"), parameter_signs(dgamma, dbeta, layer, layer.dout), strict=True):
        observe.fact(name, words, says=f"Your {name} is {{}}")


def asked_or_own(submission, layer):
    """Return the student's gradients; those of the student's own forward, right or wrong, are taken for the ones asked for.

    Raises CheckFailure where that forward is so far from a right one that nothing can be told.
    """
    out, cache = layer.forward(submission)
    got = layer.backward(submission, cache)
    expected = layer.expected
    out = whole_output(out, layer)
    if same(out, expected):
        return got
    if all(is_own(submission, layer, part, gradient) for part, gradient in zip(PARTS, got, strict=True)):
        return layer.gradients
    if np.abs(out - expected).max() > FAR * np.abs(expected).max():
        raise CheckFailure("out: too far from a right one")
    return got


def is_own(submission, layer, part, gradient):
    """Say whether a gradient agrees with differences of the student's own output."""
    try:
        layer.compare_with_own(submission, part, gradient)
    except (CheckFailure, SubmissionFailure):
        return False
    return True


def observe_eps(submission, observe, layer):
    """Record which eps a gradient knows of; only where forward does as it should."""
    out, cache = layer.forward(submission)
    if not same(whole_output(out, layer), layer.expected):
        raise CheckFailure("out: not the one that was asked for")
    dx, dgamma, _ = layer.backward(submission, cache)
    found = ""
    for words, eps in (("used", layer.eps), ("left out", 0.0), ("1e-5, whatever it is", 1e-5)):
        other = type(layer).__new__(type(layer))
        other.__dict__.update(layer.__dict__, eps=eps)
        known = any(backward_signs(dx, other, layer.dout).values()) if np.shape(dx) == layer.x.shape else False
        if not found and known:
            found = words
    observe.fact("eps", found, says="In your gradients, eps is {}")


def observe_changes(submission, observe, layer):
    """Record whether dout survives a call, and whether a second call with the same cache gives the same."""
    _, cache = layer.forward(submission)
    function = getattr(submission, layer.backward_name)
    first, after = function.returning_arguments(layer.dout, cache)
    told = "as it was" if np.array_equal(layer.dout, after[0]) else "changed"
    observe.fact("the caller's dout", told, says="The caller's dout is {}")
    second = function(layer.dout, cache)
    alike = all(same(a, b) for a, b in zip(first, second, strict=True))
    observe.fact(
        "a second call", "the same" if alike else "something else", says="A second call with the same cache gives {}"
    )


def observe_backward(submission, observe, make):
    """Ask for all of it on a few shapes, one of them square; `make` draws a layer."""
    for shape, conditions in (
        ((6, 4), ()),
        ((3, 7), ("there are more features than examples",)),
        ((5, 5), ("N is D",)),
    ):
        with observe.case(f"for {shape[0]} examples of {shape[1]} features", *conditions):
            observe_gradients(submission, observe, make(shape=shape, eps=1e-9, width=8.0))
    with observe.case("with a large eps", "eps is not small"):
        observe_eps(submission, observe, make(shape=(6, 4), eps=2.0))
    with observe.case("after a call"):
        observe_changes(submission, observe, make(shape=(6, 4)))
