"""Probe of normalization, notebook batchnorm: what the diagnosis looks at. It gives no marks.

It draws layers whose features and examples all have means and widths of their own, and an eps that is not small, so that
one output shows how it was put together; what is observed are signs, with words for them.
"""

from functools import partial

import numpy as np
from norms import AVERAGES, BatchNorm, averages_in
from probing import observe_backward, observe_forward, right_signs, whole_output
from signs import forward_signs, mixing_signs

SAYS = "The {} after a call is {{}}"


def probe_batchnorm_forward(submission, rng, observe):
    """Ask how an output is put together in both modes, and what becomes of the running averages and the arguments."""
    seen = observe_training(submission, rng, observe)
    observe_averages(submission, rng, observe)
    observe_test_mode(submission, rng, observe, seen)
    for mode in ("train", "test"):
        layer = BatchNorm(rng, (5, 3))
        with observe.case(f"after a call in {mode} mode", f"the mode is {mode}"):
            args = (layer.x, layer.gamma, layer.beta)
            param = {**layer.param, "mode": mode}
            _, after = submission.batchnorm_forward.returning_arguments(*args, param)
            told = "as they were" if all(map(np.array_equal, args, after[:3])) else "changed"
            observe.fact(f"the arrays after a call in {mode} mode", told, says="The caller's x, gamma and beta are {}")
    for eps, plain in ((1e-9, True), (1e-9, False), (0.7, False)):
        layer = BatchNorm(rng, (6, 4), eps=eps, plain=plain)
        conditions = [
            *([] if plain else ["gamma is not 1 and beta is not 0"]),
            *(["eps is not small"] if eps > 0.1 else []),
        ]
        for mode, expected in (("train", layer.expected), ("test", layer.expected_in_test_mode)):
            with observe.case(f"in {mode} mode, {layer.case}{', no gamma and beta' if plain else ''}", *conditions,
                              f"the mode is {mode}"):  # fmt: skip
                out, _ = layer.call(submission, mode)
                observe.value("out", np.where(np.abs(out - expected) < 1e-5, expected, out))


def observe_training(submission, rng, observe):
    """Ask how an output in training mode is put together; returns the signs of the first."""
    seen = dict.fromkeys(right_signs(0), "")
    for shape in ((6, 4), (3, 7), (5, 5)):
        with observe.case(f"in training mode, for {shape[0]} examples of {shape[1]} features", "the mode is train"):
            layer = BatchNorm(rng, shape, eps=0.7)
            out, _ = layer.call(submission)
            signs = forward_signs(whole_output(out, layer), layer)
            seen = signs if shape == (6, 4) else seen
            observe_forward(observe, signs)
    return seen


def observe_averages(submission, rng, observe):
    """Ask how the running averages are moved in training mode."""
    for momentum in (0.7, 0.4):
        layer = BatchNorm(rng, momentum=momentum)
        with observe.case(f"at momentum {momentum}", "the mode is train"):
            _, param = layer.call(submission)
            missing = [key for key in AVERAGES if key not in param]
            after = (layer.running_mean,) * 2 if missing else averages_in(param, 4)
            mean, var = layer.x.mean(0), layer.x.var(0)
            other = layer.x.var(0, ddof=1)
            batches = (
                [("the mean of the batch", mean)],
                [
                    ("the variance of the batch", var), ("the variance of the batch with N - 1", other),
                    ("the standard deviation of the batch", np.sqrt(var)),
                    ("the standard deviation of the batch", np.sqrt(var + layer.eps)),
                    ("the variance of the batch plus eps", var + layer.eps),
                ],
            )  # fmt: skip
            for key, now, before, batch in zip(
                AVERAGES, after, (layer.running_mean, layer.running_var), batches, strict=True
            ):
                name = {"running_mean": "running mean", "running_var": "running variance"}[key]
                how, what = ("not in bn_param", "") if missing else mixing_signs(now, before, batch, momentum)
                observe.fact(f"the {name}", how, says=SAYS.format(name))
                if key == "running_var":
                    right = batch[0][0]
                    what = right if not what and how else what
                    observe.fact("what moves the running variance", what, says="What moves the running variance is {}")
    with observe.case("where bn_param holds no averages yet", "the mode is train"):
        layer = BatchNorm(rng)
        _, param = layer.call(submission, param={"mode": "train", "momentum": 0.7})
        mean, var = averages_in(param, 4)
        told = []
        for words, start in (
            ("zero", (0.0, 0.0)),
            ("0 and 1", (0.0, 1.0)),
            ("the first batch", (layer.x.mean(0), layer.x.var(0))),
        ):
            ways = [
                [
                    share * first + (1 - share) * new
                    for first, new in zip(start, (layer.x.mean(0), layer.x.var(0)), strict=True)
                ]
                for share in (0.7, 0.3)
            ]
            told += [(words, np.allclose(mean, way[0]) and np.allclose(var, way[1])) for way in ways]
        start = next((words for words, holds in told if holds), "")
        observe.fact("where the averages start", start, says="The running averages start at {}")


def observe_test_mode(submission, rng, observe, seen):
    """Ask how an output in test mode is put together; what goes wrong there as in training is one mistake, not two."""
    layer = BatchNorm(rng, eps=0.7)
    with observe.case("in test mode", "the mode is test"):
        out, param = layer.call(submission, "test")
        before = (layer.running_mean, layer.running_var)
        after = averages_in(param, 4)
        same_averages = all(np.allclose(a, b) for a, b in zip(before, after, strict=True))
        observe.fact("the averages in test mode", "as they were" if same_averages else "moved",
                     says="After a call in test mode the running averages are {}")  # fmt: skip
        out = whole_output(out, layer)
        signs = forward_signs(out, layer, (layer.running_mean, layer.running_var))
        if not any(signs.values()) and not same_averages:  # averages are moved first, then used
            signs = forward_signs(out, layer, after)
        if np.allclose(out, layer.x):
            signs = {**right_signs(0), "centre": "nothing: the output is x", "spread": "the running variance"}
        right = {**right_signs(0), "centre": "the running mean", "spread": "the running variance"}
        for name in ("kind", "eps", "scaling", "count"):
            if signs[name] == seen[name]:
                signs[name] = right[name]
        observe_forward(observe, signs, "in test mode: ")


def probe_batchnorm_backward(submission, rng, observe):
    """Ask how dx, dgamma and dbeta are put together, each time with the student's own forward."""
    observe_backward(submission, observe, partial(BatchNorm, rng))
