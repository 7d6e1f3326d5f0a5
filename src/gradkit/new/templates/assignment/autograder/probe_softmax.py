"""Probe of ASSIGNMENT_NAME, notebook softmax: what tells known bugs apart. It gives no marks.

To replace: a function `probe_<question>` for each question. It tries an implementation on inputs of your choice and tells
`observe`, case by case, what it did. A submission has a bug if it does what the bug does, so observe what a mistake *means*
(a `fact` in words, a `number`, a `rate`) rather than every value that comes out. `says` puts it into words for the student.
"""

import numpy as np

from gradkit.checks import check_finite, check_shape

SHAPES = ((5, 3), (4, 4))


def what_sums_to_one(out):
    """Say along which axis the numbers of an array sum to 1; "" where the probe has no words for it."""
    if np.allclose(out.sum(), 1.0):
        return "all numbers together"
    for axis in range(out.ndim):
        if np.allclose(out.sum(axis=axis), 1.0):
            return "the numbers along the last axis" if axis == out.ndim - 1 else f"the numbers along axis {axis}"
    return ""


def is_changed(before, after):
    """Say what became of an argument."""
    return "as it was" if np.array_equal(before, after) else "changed"


def probe_softmax_forward(submission, rng, observe):
    """Observe what sums to 1, what large numbers do, and whether x stays as it was."""
    for shape in SHAPES:
        with observe.case(f"for x of shape {shape}"):
            out, _ = submission.softmax_forward(rng.normal(size=shape))
            out = check_finite(check_shape(out, shape, name="out"), name="out")
            observe.fact("what sums to 1", what_sums_to_one(out), says="In your output {} sum to 1")
    with observe.case("where x has the numbers 1000 and 1001", "x has large numbers"):
        out, _ = submission.softmax_forward(np.array([[1000.0, 1001.0]]))
        finite = np.isfinite(check_shape(out, (1, 2), name="out")).all()
        observe.fact("large numbers", "numbers" if finite else "nan or inf", says="Your output has {}")
    with observe.case("after a call"):
        x = rng.normal(size=(4, 3))
        _, (after,) = submission.softmax_forward.returning_arguments(x)
        observe.fact("x afterwards", is_changed(x, after), says="The caller's x is {}")


def probe_softmax_backward(submission, rng, observe):
    """Observe which derivative dx is, with the student's own forward pass, and whether dout stays as it was."""
    for shape in SHAPES:
        with observe.case(f"for x of shape {shape}"):
            dout = rng.normal(size=shape)
            out, cache = submission.softmax_forward(rng.normal(size=shape))
            dx = check_finite(check_shape(submission.softmax_backward(dout, cache), shape, name="dx"), name="dx")
            inner = np.sum(dout * out, axis=-1, keepdims=True)
            ways = {
                "every input of the row": out * (dout - inner),
                "the input at the same place alone": out * (1 - out) * dout,
            }
            told = next((words for words, values in ways.items() if np.allclose(dx, values, rtol=1e-6)), "")
            observe.fact("what an output depends on", told, says="Your dx is right if an output depends on {}")
    with observe.case("after a call"):
        dout = rng.normal(size=(4, 3))
        _, cache = submission.softmax_forward(rng.normal(size=(4, 3)))
        _, (after, _) = submission.softmax_backward.returning_arguments(dout, cache)
        observe.fact("dout afterwards", is_changed(dout, after), says="The caller's dout is {}")
