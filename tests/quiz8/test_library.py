"""Known bugs are wrong, each in its own way, and right styles are right: oracles written for this test say so."""

from __future__ import annotations

import ast
import functools
import itertools
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.signal import correlate2d

from .library import QUESTIONS, bug_files, bug_name, load, style_files, title_and_hint

if TYPE_CHECKING:
    from pathlib import Path

ALL_BUGS = [path for question in QUESTIONS for path in bug_files(question)]
ALL_STYLES = [path for question in QUESTIONS for path in style_files(question)]

# (N, C, H, W), (F, HH, WW), stride, pad: sizes that differ, so that no number can stand in for another.
CASES = [
    ((2, 3, 4, 6), (2, 3, 3), 1, 1),
    ((2, 2, 5, 4), (3, 3, 2), 1, 0),
    ((1, 2, 5, 7), (2, 1, 3), 2, 0),
    ((3, 1, 7, 4), (2, 2, 2), 3, 2),
    ((2, 2, 3, 3), (3, 3, 3), 1, 1),
    ((2, 1, 2, 3), (1, 1, 1), 1, 2),
    ((1, 1, 4, 4), (1, 2, 2), 2, 0),
]
NOT_DIVISIBLE = ((2, 2, 6, 5), (2, 3, 2), 2, 0)
KEEP_PROBABILITIES = (0.25, 0.5, 0.9)


def label(path: Path) -> str:
    """Name a file in the test report by its question and its own name."""
    return f"{path.parent.name}/{path.stem}"


# ---------------------------------------------------------------------------------------------------------- oracles


def oracle_conv_forward(x, w, b, stride, pad):
    """Convolve by scipy: every output channel is the sum of its channels' correlations, thinned out by the stride."""
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    correlate = functools.partial(correlate2d, mode="valid")
    filters = list(zip(w, b, strict=True))
    planes = [[sum(map(correlate, image, kernel)) + bias for kernel, bias in filters] for image in x]
    return np.array(planes)[:, :, ::stride, ::stride]


@functools.lru_cache
def conv_problem(shape, filters, stride, pad):
    """Return (x, w, b, dout), the right output, and the right gradients by central differences.

    The output is affine in each argument, so a difference with step 1 has no truncation error.
    """
    rng = np.random.default_rng([*shape, *filters, stride, pad])
    count, height, width = filters
    x = rng.normal(size=shape)
    w = rng.normal(size=(count, shape[1], height, width))
    b = rng.normal(size=count)
    out = oracle_conv_forward(x, w, b, stride, pad)
    dout = rng.normal(size=out.shape)
    arguments = (x, w, b)
    gradients = []
    for position, argument in enumerate(arguments):
        gradient = np.empty(argument.shape)
        for index in np.ndindex(argument.shape):
            sides = []
            for step in (0.5, -0.5):
                moved = list(arguments)
                moved[position] = argument.copy()
                moved[position][index] += step
                sides.append(oracle_conv_forward(*moved, stride, pad))
            gradient[index] = np.sum((sides[0] - sides[1]) * dout)
        gradients.append(gradient)
    return (x, w, b, dout), out, gradients


# ------------------------------------------------------------------------------------------------------- behaviour


def observe(function, *arguments):
    """Call on copies; return the result's arrays (or the exception's name) and which arguments were changed."""
    copies = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    arrays = _arrays_in(copies)
    before = [a.copy() for a in arrays]
    try:
        with np.errstate(all="ignore"):
            result = function(*copies)
    except Exception as error:  # noqa: BLE001 - a wrong implementation may raise anything: that is the finding
        return type(error).__name__, ()
    changed = tuple(not np.array_equal(a, b) for a, b in zip(arrays, before, strict=True))
    return result, changed


def _arrays_in(values):
    arrays = []
    for value in values:
        if isinstance(value, np.ndarray):
            arrays.append(value)
        elif isinstance(value, tuple):
            arrays.extend(_arrays_in(value))
    return arrays


def same_value(a, b):
    """Compare two results; an exception's name, None, or a shape equals only its like."""
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and np.allclose(a, b, rtol=1e-9, atol=1e-9, equal_nan=True)
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(map(same_value, a, b))
    if isinstance(a, float) and isinstance(b, float):
        return abs(a - b) < 0.04
    return type(a) is type(b) and bool(np.all(a == b))


def conv_forward_behaviour(module):
    """Record output and changed arguments in every case, the size that the stride does not divide included."""
    seen = []
    for case in [*CASES, NOT_DIVISIBLE]:
        (x, w, b, _), _, _ = conv_problem(*case)
        result, changed = observe(module.conv_forward_naive, x, w, b, {"stride": case[2], "pad": case[3]})
        seen.append((result if isinstance(result, str) else np.asarray(result[0]), changed))
    return tuple(seen)


def conv_backward_behaviour(module):
    """Record the three gradients and the changed arguments in every case, from the standard cache."""
    seen = []
    for case in [*CASES, NOT_DIVISIBLE]:
        (x, w, b, dout), _, _ = conv_problem(*case)
        cache = (x.copy(), w.copy(), b.copy(), {"stride": case[2], "pad": case[3]})
        result, changed = observe(module.conv_backward_naive, dout, cache)
        seen.append((result if isinstance(result, str) else tuple(result), changed))
    return tuple(seen)


def dropout_forward_behaviour(module):
    """Record what can be seen of a random function: shares, factors, spread over rows and columns, repeats, modes."""
    np.random.seed(20)
    rng = np.random.default_rng(21)
    x = rng.uniform(1.0, 2.0, size=(150, 200)) * rng.choice([-1.0, 1.0], size=(150, 200))
    seen = []
    for p in KEEP_PROBABILITIES:
        for mode in ("train", "test"):
            result, changed = observe(module.dropout_forward, x, {"mode": mode, "p": p})
            if isinstance(result, str):
                seen.append(result)
                continue
            ratio = result[0] / x
            kept = ratio != 0
            factor = ratio[kept].mean() if kept.any() else 0.0
            spreads = [float(kept.mean(axis=axis).std()) for axis in (0, 1)]
            seen.append((float(kept[x > 0].mean()), float(kept[x < 0].mean()), float(factor), *spreads, changed))
    draws = [{"mode": "train", "p": 0.5} | extra for extra in ({}, {"seed": 1}, {"seed": 2})]
    outs = [observe(module.dropout_forward, np.ones((40, 50)), draw)[0] for draw in [*draws, *draws]]
    outs = [out if isinstance(out, str) else np.asarray(out[0]) for out in outs]
    seen.extend(same_value(a, b) for a, b in itertools.combinations(outs, 2))
    for shape in ((7,), (4, 5, 6), (2, 3, 4, 5)):
        result, _ = observe(module.dropout_forward, np.ones(shape), {"mode": "train", "p": 0.5})
        seen.append(result if isinstance(result, str) else np.shape(result[0]))
    single = [{"mode": mode, "p": 0.5} for mode in ("train", "test")]
    outs = [observe(module.dropout_forward, np.ones((4, 5), np.float32), param)[0] for param in single]
    seen.append(tuple(out if isinstance(out, str) else str(np.asarray(out[0]).dtype) for out in outs))
    # 400 draws of 20 units: right masks keep now more, now fewer, and what is kept is the same number in all of them
    outs = [observe(module.dropout_forward, np.ones(20), {"mode": "train", "p": 0.5})[0] for _ in range(400)]
    outs = [np.asarray(out[0]) for out in outs if not isinstance(out, str)]
    counts = {int(np.count_nonzero(out)) for out in outs}
    factors = {round(float(out.max()), 6) for out in outs if out.any()}
    seen.append((len(counts) > 1, len(factors) > 1))
    return tuple(seen)


def standard_dropout_cache(p, mode, shape, rng):
    """Make the cache that the worked solution's forward pass leaves behind."""
    return {"mode": mode, "p": p}, ((rng.random(shape) < p) / p if mode == "train" else None)


def dropout_backward_behaviour(module):
    """Record gradient and changed arguments in both modes, from the standard cache."""
    np.random.seed(30)
    rng = np.random.default_rng(31)
    seen = []
    for p, mode, shape in itertools.product(KEEP_PROBABILITIES, ("train", "test"), ((6, 7), (3, 4, 5))):
        dout = rng.normal(size=shape)
        seen.append(observe(module.dropout_backward, dout, standard_dropout_cache(p, mode, shape, rng)))
    return tuple(seen)


BEHAVIOUR = {
    "dropout_forward": dropout_forward_behaviour,
    "dropout_backward": dropout_backward_behaviour,
    "conv_forward_naive": conv_forward_behaviour,
    "conv_backward_naive": conv_backward_behaviour,
}


class Right:
    """Behaves as the exercise asks, made of the oracles alone."""

    @staticmethod
    def dropout_forward(x, dropout_param):
        """Draw a Bernoulli mask, scaled by 1/p."""
        mask = np.ones(x.shape)
        if dropout_param["mode"] == "train":
            seed = dropout_param.get("seed", np.random.randint(2**31))
            mask = np.random.default_rng(seed).binomial(1, dropout_param["p"], x.shape) / dropout_param["p"]
        return (x * mask).astype(x.dtype), None

    @staticmethod
    def dropout_backward(dout, cache):
        """Multiply by the factor that forward has used."""
        return dout * (1.0 if cache[0]["mode"] == "test" else cache[1])

    @staticmethod
    def conv_forward_naive(x, w, b, conv_param):
        """Ask scipy."""
        return oracle_conv_forward(x, w, b, conv_param["stride"], conv_param["pad"]), None

    @staticmethod
    def conv_backward_naive(dout, cache):
        """Look up the central differences of the case."""
        for case in [*CASES, NOT_DIVISIBLE]:
            (x, _, _, right_dout), _, gradients = conv_problem(*case)
            if x.shape == cache[0].shape and np.array_equal(dout, right_dout):
                return tuple(gradients)
        raise LookupError("no such case")


@functools.lru_cache
def behaviour_of(path):
    """Observe one bug once; every test after the first reads the record."""
    return BEHAVIOUR[path.parent.name](load(path))


@functools.lru_cache
def right_behaviour(question):
    """Observe the oracle in the same way."""
    return BEHAVIOUR[question](Right)


# ---------------------------------------------------------------------------------------------------- known bugs


@pytest.mark.parametrize("path", ALL_BUGS, ids=label)
class TestKnownBug:
    """Each file, on its own."""

    def test_has_a_title_of_one_line(self, path):
        """The docstring opens with one short line that names the misconception."""
        title, _ = title_and_hint(path)
        assert title
        assert "\n" not in title
        assert len(title) <= 80
        assert not title.endswith(".")

    def test_has_a_hint_to_read_and_to_try(self, path):
        """The hint has 80 to 160 words and sends the student to an experiment of their own."""
        _, hint = title_and_hint(path)
        assert 80 <= len(hint.split()) <= 160
        assert re.search(r"see it\s+yourself", hint, re.IGNORECASE)

    def test_hint_shows_no_code(self, path):
        """The hint explains in words: no assignment, call, index, comparison or dotted name that could be pasted."""
        code = re.findall(
            r"\w\(|\w\[|[=<>]|//|\*|1/p|\bnp\.|\bnumpy\.|\bdef\b|\w\.\w*[a-z]|```", " ".join(title_and_hint(path))
        )
        assert code == []

    def test_imports_numpy_and_defines_its_question(self, path):
        """The file stands alone: NumPy, the question's function, and nothing of the course."""
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        assert imports == ["import numpy as np"]
        assert callable(getattr(load(path), path.parent.name))

    def test_differs_from_right_behaviour(self, path):
        """On at least one input the bug returns something else, raises, or changes what it was given."""
        assert not same_value(behaviour_of(path), right_behaviour(path.parent.name))


@pytest.mark.parametrize("question", QUESTIONS)
class TestKnownBugsOfAQuestion:
    """The files of one folder, side by side."""

    def test_no_two_behave_alike(self, question):
        """Two files that behave alike could not be told apart in a submission."""
        pairs = itertools.combinations(bug_files(question), 2)
        alike = [(a.stem, b.stem) for a, b in pairs if same_value(behaviour_of(a), behaviour_of(b))]
        assert alike == []

    def test_titles_are_unique(self, question):
        """Every bug of a question is named differently."""
        names: dict[str, set[str]] = {}
        for path in bug_files(question):
            names.setdefault(title_and_hint(path)[0], set()).add(bug_name(path))
        assert all(len(found) == 1 for found in names.values())


def test_library_holds_at_least_fifty_bugs():
    """The library covers what real students get wrong."""
    assert len(ALL_BUGS) >= 50


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("randn-mask", {0.25: 0.599, 0.5: 0.691, 0.9: 0.816}),
        ("randn-mask.drop", {0.25: 0.773, 0.5: 0.691, 0.9: 0.540}),
        ("drop-probability", {0.25: 0.75, 0.5: 0.5, 0.9: 0.1}),
        ("scaled-by-drop", {0.25: 0.25, 0.5: 0.5, 0.9: 0.9}),
        ("keeps-everything", {0.25: 1.0, 0.5: 1.0, 0.9: 1.0}),
        ("drops-everything", {0.25: 0.0, 0.5: 0.0, 0.9: 0.0}),
    ],
)
def test_wrong_mask_keeps_the_share_that_its_hint_tells(name, kept):
    """A normal draw keeps Phi(p), a mask read the other way round 1 - p, and so on."""
    np.random.seed(40)
    module = load(next(path for path in bug_files("dropout_forward") if path.stem == name))
    for p, share in kept.items():
        out, _ = module.dropout_forward(np.ones((300, 300)), {"mode": "train", "p": p})
        # 90,000 units: a standard deviation is at most 0.0017
        assert np.mean(out != 0) == pytest.approx(share, abs=0.01)


# --------------------------------------------------------------------------------------------------- right styles


def forward_of(path):
    """Return the module's own forward, or the first style's: it leaves the standard cache behind."""
    module = load(path)
    name = {"dropout_backward": "dropout_forward", "conv_backward_naive": "conv_forward_naive"}[path.parent.name]
    standard = {"dropout_forward": "skeleton-rand", "conv_forward_naive": "four-loops"}[name]
    if hasattr(module, name):
        return getattr(module, name)
    return getattr(load(next(p for p in style_files(name) if p.stem == standard)), name)


def pairs_of(backward_name, forward_name):
    """Return (path, forward, backward) for every style that has a backward, each with the forward it belongs to."""
    pairs = [(path, forward_of(path), getattr(load(path), backward_name)) for path in style_files(backward_name)]
    for path in style_files(forward_name):
        module = load(path)
        if hasattr(module, backward_name):
            pairs.append((path, getattr(module, forward_name), getattr(module, backward_name)))
    return [pytest.param(forward, backward, id=label(path)) for path, forward, backward in pairs]


@pytest.mark.parametrize("path", ALL_STYLES, ids=label)
def test_style_says_in_one_line_what_it_is(path):
    """A style's docstring is one line, and the file defines its question."""
    module = load(path)
    assert module.__doc__
    assert "\n" not in module.__doc__
    assert callable(getattr(module, path.parent.name))


def test_styles_are_many():
    """At least 32 right styles over the four questions, so that a strict hidden test is noticed."""
    assert len(ALL_STYLES) >= 32


@pytest.mark.parametrize("path", style_files("dropout_forward"), ids=label)
class TestDropoutForwardStyle:
    """Judged by what can be counted, never by a draw."""

    def test_training_keeps_a_share_p_scaled_by_its_inverse(self, path):
        """Values are 0 and x/p, and the kept share, in all and for each row and column, lies near p."""
        np.random.seed(50)
        x = np.random.default_rng(51).normal(size=(200, 150))
        original = x.copy()
        for p in (*KEEP_PROBABILITIES, 1.0):
            out, _ = load(path).dropout_forward(x, {"mode": "train", "p": p})
            kept = out != 0
            np.testing.assert_array_equal(x, original)
            np.testing.assert_allclose(out[kept], x[kept] / p, rtol=1e-12)
            # 30,000 units: six standard deviations are at most 0.0174; in a row or column of 150, at most 0.25
            assert abs(kept.mean() - p) <= 0.0174
            for axis in (0, 1):
                assert np.abs(kept.mean(axis=axis) - p).max() <= 0.25

    def test_test_mode_is_the_identity(self, path):
        """Nothing is dropped or scaled in test mode."""
        x = np.random.default_rng(52).normal(size=(3, 4, 5))
        out, _ = load(path).dropout_forward(x, {"mode": "test", "p": 0.3})
        np.testing.assert_array_equal(out, x)

    def test_shape_and_dtype_are_those_of_x(self, path):
        """One to four dimensions, float32 included."""
        for shape, mode in itertools.product([(9,), (4, 5), (2, 3, 4), (2, 3, 4, 5)], ("train", "test")):
            x = np.ones(shape, dtype=np.float32)
            out, _ = load(path).dropout_forward(x, {"mode": mode, "p": 0.5})
            assert (out.shape, out.dtype) == (x.shape, x.dtype)

    def test_is_not_taken_for_wrong(self, path):
        """What tells the bugs apart finds no difference between a right style and the oracle."""
        assert same_value(dropout_forward_behaviour(load(path)), right_behaviour("dropout_forward"))

    def test_seed_repeats_the_draw_and_no_seed_does_not(self, path):
        """The same seed gives the same mask; without one, two calls differ."""
        x = np.ones((20, 20))
        forward = load(path).dropout_forward
        seeded = [forward(x, {"mode": "train", "p": 0.5, "seed": seed})[0] for seed in (3, 3, 4)]
        assert np.array_equal(seeded[0], seeded[1])
        assert not np.array_equal(seeded[0], seeded[2])
        unseeded = [forward(x, {"mode": "train", "p": 0.5})[0] for _ in range(2)]
        assert not np.array_equal(*unseeded)


@pytest.mark.parametrize(("forward", "backward"), pairs_of("dropout_backward", "dropout_forward"))
def test_dropout_backward_style_is_the_adjoint_of_its_forward(forward, backward):
    """Dropout multiplies each entry by a constant, so the gradient is dout times out / x."""
    rng = np.random.default_rng(60)
    for p, mode, shape in itertools.product(KEEP_PROBABILITIES, ("train", "test"), ((7,), (5, 6), (2, 3, 4))):
        x, dout = rng.uniform(1, 2, size=shape), rng.normal(size=shape)
        original = dout.copy()
        out, cache = forward(x, {"mode": mode, "p": p})
        np.testing.assert_allclose(backward(dout, cache), original * out / x, rtol=1e-12)
        np.testing.assert_array_equal(dout, original)


@pytest.mark.parametrize("path", style_files("conv_forward_naive"), ids=label)
def test_conv_forward_style_agrees_with_scipy(path):
    """Every style gives the oracle's output and leaves its arguments alone."""
    forward = load(path).conv_forward_naive
    for case in [*CASES, NOT_DIVISIBLE]:
        (x, w, b, _), expected, _ = conv_problem(*case)
        arguments = [a.copy() for a in (x, w, b)]
        conv_param = {"stride": case[2], "pad": case[3]}
        out, _ = forward(*arguments, conv_param)
        np.testing.assert_allclose(out, expected, rtol=1e-9, atol=1e-12, err_msg=str(case))
        for argument, original in zip(arguments, (x, w, b), strict=True):
            np.testing.assert_array_equal(argument, original)


@pytest.mark.parametrize(("forward", "backward"), pairs_of("conv_backward_naive", "conv_forward_naive"))
def test_conv_backward_style_agrees_with_central_differences(forward, backward):
    """Every pair gives the oracle's three gradients and leaves dout alone."""
    for case in [*CASES, NOT_DIVISIBLE]:
        (x, w, b, dout), _, expected = conv_problem(*case)
        _, cache = forward(x.copy(), w.copy(), b.copy(), {"stride": case[2], "pad": case[3]})
        upstream = dout.copy()
        gradients = backward(upstream, cache)
        assert len(gradients) == 3
        for gradient, right in zip(gradients, expected, strict=True):
            np.testing.assert_allclose(gradient, right, rtol=1e-9, atol=1e-10, err_msg=str(case))
        np.testing.assert_array_equal(upstream, dout)


@pytest.mark.parametrize("path", style_files("conv_forward_naive"), ids=label)
def test_conv_forward_style_takes_float32(path):
    """For float32 input any float result counts as right, to single precision."""
    case = CASES[0]
    (x, w, b, _), expected, _ = conv_problem(*case)
    single = [a.astype(np.float32) for a in (x, w, b)]
    out, _ = load(path).conv_forward_naive(*single, {"stride": case[2], "pad": case[3]})
    assert np.issubdtype(np.asarray(out).dtype, np.floating)
    np.testing.assert_allclose(out, expected, rtol=1e-4, atol=1e-4)
