"""The hidden tests of quiz8 give right solutions every point, and wrong ones what they earned."""

import copy
import importlib.util
import itertools
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from gradkit.errors import CheckFailure, FunctionMissing, FunctionRaised, SubmissionFailure

ROOT = Path(__file__).resolve().parents[2]
RETURNS = {"dropout_forward": 2, "dropout_backward": 1, "conv_forward_naive": 2, "conv_backward_naive": 3}
SIBLING = {
    "dropout_forward": "dropout_backward",
    "dropout_backward": "dropout_forward",
    "conv_forward_naive": "conv_backward_naive",
    "conv_backward_naive": "conv_forward_naive",
}
MARKS = {"dropout_forward": 4, "dropout_backward": 3, "conv_forward_naive": 4, "conv_backward_naive": 6}
BUGS = sorted((ROOT / "solutions/quiz8/bugs").glob("*/*.py"))
STYLES = sorted((ROOT / "solutions/quiz8/styles").glob("*/*.py"))

# Forward passes that leave backward nothing to be judged by (no mask; a call that fails; a cache whose filters were
# changed) or that fail for some shapes: backward can't earn every point with them, however right it is.
NO_GROUND_FOR_BACKWARD = {
    "dropout_forward": {
        "drops-everything",
        "fixed-mask-size",
        "keeps-everything",
        "keeps-everything.scaled",
        "modes-swapped",
        "noise-added",
        "two-dimensional-only",
    },
    "conv_forward_naive": {
        "asserts-divisible",
        "breaks-without-padding",
        "filter-count-for-height",
        "fixed-padding.cut",
        "float-shape",
        "loops-over-input",
        "mutates-input",
        "square-filter-only",
        "square-only",
        "square-only.output",
        "swapped-filter-sides",
    },
}


class Handle:
    """A value that stays on the student's side."""

    def __init__(self, value):
        self.value = value


class Function:
    """A student's function as the proxy shows it: arguments are copied, the cache is a handle, errors are results."""

    def __init__(self, function, name):
        self.function, self.name = function, name

    def __call__(self, *args):
        return self.returning_arguments(*args)[0]

    def in_a_fresh_process(self, *args):
        """Call the function; those of these tests remember nothing of the calls before."""
        return self(*args)

    def plan(self, *args):
        """Make the call at once, and tell its result or failure when it is asked for."""
        return Planned(self, args)

    def plan_returning_arguments(self, *args):
        """As `plan`, with the arguments as they are after the call."""
        return Planned(self.returning_arguments, args)

    def returning_arguments(self, *args):
        """Call the function; return its result and the arguments as they are after the call."""
        inside = [arg.value if isinstance(arg, Handle) else copy.deepcopy(arg) for arg in args]
        try:
            with np.errstate(all="ignore"):
                result = self.function(*inside)
        except Exception as error:  # noqa: BLE001 - whatever a student's function raises is its result
            raise FunctionRaised(f"{self.name} raised {type(error).__name__}: {error}") from None
        result = self.carry_out(result)
        after = tuple(arg if isinstance(arg, Handle) else changed for arg, changed in zip(args, inside, strict=True))
        return result, after

    def carry_out(self, result):
        """Return what the trusted side gets of a result."""
        parts = RETURNS[self.name]
        if parts == 1:
            return copy.deepcopy(result)
        if not isinstance(result, tuple | list) or len(result) != parts:
            raise FunctionRaised(f"{self.name} does not return {parts} values")
        if parts == 2:
            return copy.deepcopy(result[0]), Handle(result[1])
        return tuple(copy.deepcopy(list(result)))


class Planned:
    """What came of a call, which is told when it is asked for; `planned[i]` is a part of it for a call after it."""

    def __init__(self, function, args):
        try:
            args = [arg[0].value()[arg[1]] if type(arg) is tuple else copy.deepcopy(arg) for arg in args]
            self.result, self.failure = function(*args), None
        except SubmissionFailure as failure:
            self.failure = failure

    def __getitem__(self, index):
        return self, index

    def value(self):
        """Return the result, or raise the failure."""
        if self.failure is not None:
            raise self.failure
        return self.result


class InProcess:
    """A submission whose functions run in this process."""

    def __init__(self, functions):
        self.functions = functions

    def __getattr__(self, name):
        if name not in self.functions:
            raise FunctionMissing(f"no cell defines {name}")
        return Function(self.functions[name], name)


def load(path):
    """Run a file as a module, whatever its name."""
    name = f"quiz8_{path.parent.name}_{path.stem}".replace("-", "_")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def functions_in(path):
    """Return the functions of the exercise that a file defines."""
    module = load(path)
    return {name: getattr(module, name) for name in RETURNS if hasattr(module, name)}


@pytest.fixture(scope="module")
def hidden(pytestconfig):
    """Return the hidden test classes by question."""
    for marker in ("question(name)", "points(n)", "side_by_side"):
        pytestconfig.addinivalue_line("markers", marker)
    modules = [load(ROOT / "autograder/quiz8" / name) for name in ("test_dropout.py", "test_convolution.py")]
    classes = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    return {cls.pytestmark[0].args[0]: cls for cls in classes if hasattr(cls, "pytestmark")}


def points(test):
    """Return the points of one hidden test."""
    return next(mark.args[0] for mark in test.pytestmark if mark.name == "points")


def hidden_tests(cls):
    """Return the hidden tests of a class by name."""
    return {name: test for name, test in vars(cls).items() if name.startswith("test_")}


def failures(hidden, question, functions, seed=0):
    """Return the messages of the hidden tests of one question that these functions fail, by the test's name."""
    found = {}
    for index, (name, test) in enumerate(hidden_tests(hidden[question]).items()):
        try:
            test(hidden[question](), InProcess(functions), np.random.default_rng([seed, index]))
        except (CheckFailure, SubmissionFailure) as failure:
            found[name] = str(failure)
    return found


def dropout_forward(x, dropout_param):
    """Right, and nothing special."""
    p, mask = dropout_param["p"], None
    if "seed" in dropout_param:
        np.random.seed(dropout_param["seed"])
    if dropout_param["mode"] == "train":
        mask = (np.random.rand(*x.shape) < p) / p
    out = x if mask is None else x * mask
    return out.astype(x.dtype, copy=False), (dropout_param, mask)


def dropout_backward(dout, cache):
    """Right, and nothing special."""
    return dout * cache[1] if cache[0]["mode"] == "train" else dout


def places(x, w, param):
    """Yield each output place with the window of padded x that it sees."""
    stride, pad = param["stride"], param["pad"]
    for i in range(1 + (x.shape[2] + 2 * pad - w.shape[2]) // stride):
        for j in range(1 + (x.shape[3] + 2 * pad - w.shape[3]) // stride):
            rows, columns = i * stride, j * stride
            yield i, j, np.s_[:, :, rows : rows + w.shape[2], columns : columns + w.shape[3]]


def conv_forward_naive(x, w, b, conv_param):
    """Right, and nothing special."""
    padded = np.pad(x, ((0, 0), (0, 0), *2 * ((conv_param["pad"],) * 2,)))
    found = {(i, j): np.tensordot(padded[at], w, ([1, 2, 3], [1, 2, 3])) for i, j, at in places(x, w, conv_param)}
    height, width = (last + 1 for last in max(found))
    out = np.array([found[i, j] for i in range(height) for j in range(width)]).reshape(height, width, len(x), len(w))
    return out.transpose(2, 3, 0, 1) + b[:, None, None], (x, w, b, conv_param)


def conv_backward_naive(dout, cache):
    """Right, and nothing special."""
    x, w, _, conv_param = cache
    pad = conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i, j, at in places(x, w, conv_param):
        dpadded[at] += np.tensordot(dout[:, :, i, j], w, 1)
        dw += np.tensordot(dout[:, :, i, j], padded[at], ([0], [0]))
    return dpadded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]], dw, dout.sum((0, 2, 3))


RIGHT = {
    "dropout_forward": dropout_forward,
    "dropout_backward": dropout_backward,
    "conv_forward_naive": conv_forward_naive,
    "conv_backward_naive": conv_backward_naive,
}


def label(path):
    """Name a file by its question and its name."""
    return f"{path.parent.name}/{path.stem}"


def test_points_fall_on_quarter_marks(hidden):
    """A point is worth a quarter of a mark in every question."""
    for question, cls in hidden.items():
        assert sum(points(test) for test in hidden_tests(cls).values()) == 4 * MARKS[question]


def test_every_hidden_test_has_a_title_for_the_student(hidden):
    """One line, ended by a full stop, and no two alike in a question."""
    for cls in hidden.values():
        titles = [test.__doc__ for test in hidden_tests(cls).values()]
        assert all(title and title.endswith(".") and "\n" not in title for title in titles)
        assert max(Counter(titles).values()) == 1


@pytest.mark.parametrize("question", RETURNS)
def test_a_right_solution_earns_every_point(hidden, question):
    """Over many seeds; the statistics fail once in a thousand million times."""
    for seed in range(100 if question.startswith("dropout") else 10):
        assert failures(hidden, question, RIGHT, seed) == {}


@pytest.mark.parametrize("path", STYLES, ids=label)
def test_a_right_style_earns_every_point(hidden, path):
    """Any cache, any way of drawing, loops or not."""
    question = path.parent.name
    functions = {**RIGHT, **functions_in(path)}
    for seed in range(3):
        for asked in (question, SIBLING[question]):
            assert failures(hidden, asked, functions, seed) == {}


@pytest.mark.parametrize("path", BUGS, ids=label)
def test_a_known_bug_fails_its_question(hidden, path):
    """On every seed tried, with a message in words."""
    question = path.parent.name
    functions = {**RIGHT, question: functions_in(path)[question]}
    for seed in range(3):
        failed = failures(hidden, question, functions, seed)
        assert failed
        assert all(0 < len(message) < 500 for message in failed.values())


@pytest.mark.parametrize("path", BUGS, ids=label)
def test_a_bug_in_one_function_costs_the_other_nothing(hidden, path):
    """A right backward of a wrong forward earns its marks, and the other way round."""
    question = path.parent.name
    functions = {**RIGHT, question: functions_in(path)[question]}
    if path.stem not in NO_GROUND_FOR_BACKWARD.get(question, ()):
        assert failures(hidden, SIBLING[question], functions) == {}


@pytest.mark.parametrize("question", RETURNS)
@pytest.mark.parametrize(
    "garbage",
    [None, "text", [1.0, 2.0], {}, 0.0, np.nan, np.array([None]), np.array("a"), np.zeros(0), np.full((2, 2), np.nan)],
    ids=lambda value: repr(value)[:20],
)
def test_a_function_that_returns_garbage_earns_nothing(hidden, question, garbage):
    """Whatever it is, each hidden test fails with a reason and none breaks."""
    parts = RETURNS[question]
    functions = {**RIGHT, question: lambda *_: garbage if parts == 1 else (garbage,) * parts}
    assert len(failures(hidden, question, functions)) == len(hidden_tests(hidden[question]))


@pytest.mark.parametrize("question", RETURNS)
def test_a_missing_function_earns_nothing(hidden, question):
    """Each hidden test of the question names it."""
    functions = {name: function for name, function in RIGHT.items() if name != question}
    failed = failures(hidden, question, functions)
    assert len(failed) == len(hidden_tests(hidden[question]))
    assert all(question in message for message in failed.values())


def zeros(x, w, b, conv_param):
    """Return zeros of the right shape."""
    out, _ = conv_forward_naive(x, w, b, conv_param)
    return 0 * out, (x, w, b)


def sums(x, w, b, conv_param):
    """Return the sum of everything at every place: affine in each argument, and no filter."""
    out, _ = conv_forward_naive(x, w, b, conv_param)
    return np.full_like(out, x.sum() * w.sum() + b.sum()), (x, w, b)


def block_sums(x, w, b, conv_param):
    """Return sums over blocks of the image plus the sum of the filter: local and affine, but no product."""
    out, _ = conv_forward_naive(x, w, b, conv_param)
    rows, columns = (
        np.arange(size) if outputs > size else np.arange(size) * outputs // size
        for size, outputs in zip(x.shape[2:], out.shape[2:], strict=True)
    )
    out = np.zeros_like(out) + (b + w.sum(axis=(1, 2, 3)))[:, None, None]
    for (i, row), (j, column) in itertools.product(enumerate(rows), enumerate(columns)):
        out[:, :, row, column] += x[:, :, i, j].sum(axis=1)[:, None]
    return out, (x, w, rows, columns)


def block_gradients(dout, cache):
    """Return the gradients of `block_sums`."""
    x, w, rows, columns = cache
    g = dout.sum(axis=1)[:, rows][:, :, columns]
    db = dout.sum(axis=(0, 2, 3))
    return np.repeat(g[:, None], x.shape[1], 1), np.zeros(w.shape) + db[:, None, None, None], db


CONSPIRACIES = {
    "block sums": (block_sums, block_gradients),
    "zeros": (zeros, lambda dout, cache: tuple(0 * part for part in cache)),
    "overflow": (zeros, lambda dout, cache: tuple(np.full_like(part, 1.7e308) for part in cache)),
    "huge": (
        lambda x, w, b, param: (1e30 * conv_forward_naive(x, w, b, param)[0], (x, w, b)),
        lambda dout, cache: tuple(1e30 * np.ones_like(part) for part in cache),
    ),
    "sums": (
        sums,
        lambda dout, cache: (
            np.full_like(cache[0], dout.sum() * cache[1].sum()),
            np.full_like(cache[1], dout.sum() * cache[0].sum()),
            np.full_like(cache[2], dout.sum()),
        ),
    ),
}


@pytest.mark.parametrize("pair", CONSPIRACIES.values(), ids=CONSPIRACIES)
def test_a_convolution_that_is_none_earns_nothing_for_its_own_gradient(hidden, pair):
    """Two trivial functions agree with each other, and that is not what was asked for."""
    functions = dict(zip(("conv_forward_naive", "conv_backward_naive"), pair, strict=True))
    failed = failures(hidden, "conv_backward_naive", functions)
    earned = {name: test for name, test in hidden_tests(hidden["conv_backward_naive"]).items() if name not in failed}
    assert sum(map(points, earned.values())) <= (1 if pair[1] is not block_gradients else 4)  # its db is the right one


def one_hot(dout, _):
    """Return a one and zeros."""
    dx = np.zeros(dout.shape)
    dx.flat[0] = 1.0
    return dx


def one_huge(x, _):
    """Scale one element in fifty by 1e30, so that a tolerance relative to the largest lets all others pass."""
    out = x.copy()
    out.flat[: max(2, x.size // 50)] *= 1e30
    return out, None


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        (lambda x, _: (x, None), lambda dout, _: dout),
        (lambda x, _: (0 * x, None), lambda dout, _: 0 * dout),
        (lambda x, param: (x / param["p"], param["p"]), lambda dout, p: dout / p),
        (lambda x, _: (np.full(x.shape, 1.79e308), None), one_hot),
        (one_huge, lambda dout, _: np.full(dout.shape, 42.0)),
    ],
    ids=["identity", "zeros", "scaling", "overflow", "one huge"],
)
def test_a_dropout_that_drops_nothing_or_everything_earns_test_mode_at_most(hidden, forward, backward):
    """A backward pass can't be judged by a mask that is not there; the identity is right in test mode alone."""
    failed = failures(hidden, "dropout_backward", {"dropout_forward": forward, "dropout_backward": backward})
    earned = set(hidden_tests(hidden["dropout_backward"])) - set(failed)
    assert earned <= {"test_hands_the_gradient_on_in_test_mode", "test_leaves_its_arguments_alone"}


def wrong_conv_forward(x, w, b, conv_param):
    """Turn the filters, as a convolution in mathematics does."""
    out, _ = conv_forward_naive(x, w[:, :, ::-1, ::-1], b, conv_param)
    return out, (x, w[:, :, ::-1, ::-1], b, conv_param)


def own_conv_backward(dout, cache):
    """Give the gradient of `wrong_conv_forward`."""
    dx, dw, db = conv_backward_naive(dout, cache)
    return dx, dw[:, :, ::-1, ::-1], db


def test_the_gradient_of_a_students_own_filter_is_right(hidden):
    """A forward that turns its filters loses its marks; the gradient of just that earns them all."""
    functions = {"conv_forward_naive": wrong_conv_forward, "conv_backward_naive": own_conv_backward}
    assert failures(hidden, "conv_forward_naive", functions)
    assert failures(hidden, "conv_backward_naive", functions) == {}


@pytest.mark.parametrize("scaled", [True, False])
def test_a_dropout_without_scaling_leaves_backward_two_right_answers(hidden, scaled):
    """dout * mask / p, as the exercise has it, and dout * mask, the gradient of this forward."""

    def forward(x, param):
        mask = np.random.rand(*x.shape) < param["p"] if param["mode"] == "train" else np.ones(x.shape)
        return x * mask, mask / (param["p"] if scaled and param["mode"] == "train" else 1.0)

    functions = {"dropout_forward": forward, "dropout_backward": lambda dout, mask: dout * mask}
    assert failures(hidden, "dropout_forward", functions)
    assert failures(hidden, "dropout_backward", functions) == {}


@pytest.mark.parametrize("p", [0.25, 0.5, 0.9])
def test_the_randn_mask_fails_at_each_p_that_is_tried(hidden, p):
    """The message gives the share that is kept, and the one that was asked for."""

    def forward(x, param):
        drawn = np.random.randn if param["p"] == p else np.random.rand
        mask = (drawn(*x.shape) < param["p"]) / param["p"]
        return (x if param["mode"] == "test" else x * mask).astype(x.dtype), mask

    failed = failures(hidden, "dropout_forward", {"dropout_forward": forward})
    assert f"of the units at p = {p}, expected" in failed["test_keeps_each_unit_with_probability_p"]
