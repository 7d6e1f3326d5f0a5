"""The calls of a check become code for the student's notebook: it runs, and tells no number of the check."""

import io
from contextlib import redirect_stdout

import numpy as np
import pytest

from gradkit.errors import FunctionRaised
from gradkit.sandbox.again import MOST_PRINTED, write_code
from gradkit.sandbox.local import LocalSession
from gradkit.sandbox.submission import Submission, begin_calls, code_again

FUNCTIONS = """
def forward(x, w, settings):
    if settings.get("fail"):
        raise ValueError("no")
    return x * w, (x, w, settings)
def backward(dout, cache):
    x, w, _ = cache
    return dout * w, dout * x
def plain(x):
    return x
def apart(x, *more):
    return 3
def keeps(x, param):
    param["calls"] = param.get("calls", 0) + 1
    return x
"""
RETURNS = {"forward": ("out", "cache"), "backward": ("dx", "dw"), "plain": ("y",)}
PARAMETERS = {"forward": ("x", "w", "settings"), "backward": ("dout", "cache"), "plain": ("x",), "apart": ("x",)}


@pytest.fixture
def submission():
    return Submission(LocalSession([FUNCTIONS]), RETURNS)


def written(submission, parameters=PARAMETERS, function=""):
    """The code for the calls that were made, by a check that is about `function`."""
    return code_again(submission, parameters, function)


def ran(code):
    """The names that the code leaves, and what it prints."""
    notebook = {"np": np}
    exec(FUNCTIONS, notebook)
    given = set(notebook)
    with redirect_stdout(io.StringIO()) as printed:
        exec(code, notebook)
    return {name: value for name, value in notebook.items() if name not in given}, printed.getvalue()


def test_names_are_those_of_the_function(submission):
    """Arguments are called as the notebook calls them, values as the exercise does."""
    submission.forward(np.full((2, 3), 4.5), np.array([-1.5, 2.5, 0.0]), {"mode": "train", "p": 0.25})
    assert written(submission) == (
        "rng = np.random.default_rng(0)\n"
        "x = rng.uniform(1.0, 2.0, size=(2, 3))\n"
        "w = rng.standard_normal((3,))\n"
        "out, cache = forward(x, w, {'mode': 'train', 'p': 0.25})\n"
        "print(out)"
    )


def test_shapes_dtypes_and_signs_are_kept(submission):
    """Of every dtype that a check passes, with no axis and with no elements too."""
    arrays = [
        np.full((2, 1, 3), 1.5, np.float32),
        np.array([-1.5, 2.5]),
        np.arange(6).reshape(3, 2),
        np.arange(3, dtype=np.uint8),
        np.array([True, False]),
        np.zeros((2, 2)),
        np.ones(3, np.float16),
        np.empty((0, 3)),
    ]
    for array in arrays:
        begin_calls(submission)
        submission.plain(array)
        values, _ = ran(written(submission))
        assert (values["x"].shape, values["x"].dtype) == (array.shape, array.dtype)
        if array.size and array.min() > 0:
            assert values["x"].min() > 0
        if array.size and not array.any():
            assert not values["x"].any()


def test_numbers_of_the_check_never_appear(submission):
    """Neither those of arrays nor a seed that was drawn; settings do."""
    x, w = np.array([[0.123456, 7.654321]]), np.array([-8.24681, 3.97531])
    submission.forward(x, w, {"seed": 2_094_837_265, "p": 0.25, "sizes": (3, 3)})
    submission.plain(np.array([987_654, 4_444_444]))
    code = written(submission)
    assert "{'seed': 1, 'p': 0.25, 'sizes': (3, 3)}" in code
    for number in ("123456", "654321", "24681", "97531", "2094837265", "987654", "4444444"):
        assert number not in code
    values, _ = ran(code)
    for drawn, given in ((values["x"], x), (values["w"], w)):
        assert not np.isin(drawn, given).any()


def test_caches_go_from_one_call_to_the_next(submission):
    """A value of one call is an argument of the next by its name; arrays that the last function returns are printed."""
    out, cache = submission.forward(np.array([2.5, 3.5]), np.array([-1.5, 2.5]), {})
    submission.backward(out, cache)
    code = written(submission)
    assert code.splitlines()[3:] == [
        "out, cache = forward(x, w, {})",
        "dx, dw = backward(out, cache)",
        "print(dx)",
        "print(dw)",
    ]
    values, printed = ran(code)
    np.testing.assert_allclose(values["dx"], values["out"] * values["w"])
    assert len(printed.splitlines()) == 2


def test_a_cache_by_keyword_goes_by_its_name(submission):
    """The keyword is kept."""
    out, cache = submission.forward(np.array([2.5]), np.array([-1.5]), {})
    submission.backward(out, cache=cache)
    assert "dx, dw = backward(out, cache=cache)" in written(submission)


def test_one_array_that_is_passed_twice_is_one(submission):
    """Two arrays of one name have numbers behind it."""
    x = np.array([2.5, -3.5])
    for array in (x, x, np.array([2.5, -3.5])):
        submission.plain(array)
    code = written(submission)
    assert [line for line in code.splitlines() if "plain" in line] == [
        "y = plain(x)",
        "y_2 = plain(x)",
        "y_3 = plain(x_2)",
    ]
    values, _ = ran(code)
    assert set(values) == {"rng", "x", "x_2", "y", "y_2", "y_3"}


def test_of_more_than_three_calls_the_last_is_shown_with_what_it_takes(submission):
    """Calls that it has nothing to do with are left out."""
    kept = None
    for number in range(4):
        out, cache = submission.forward(np.full(number + 2, 2.5), np.full(number + 2, 3.5), {"number": number})
        kept = kept or (out, cache)
    submission.backward(*kept)
    code = written(submission)
    assert code.count("forward(") == 1
    assert "out, cache = forward(x, w, {'number': 0})" in code
    assert "dx, dw = backward(out, cache)" in code
    assert ran(code)[0]["dx"].shape == (2,)


def test_what_a_check_does_after_the_last_call_of_its_function_is_left_out(submission):
    """A check of `forward` may look into its cache with `backward`; every call of `forward` is printed."""
    for number in (2, 3):
        out, cache = submission.forward(np.full(number, 2.5), np.full(number, 3.5), {})
    submission.backward(out, cache)
    code = written(submission, function="forward")
    assert [line for line in code.splitlines() if "rng" not in line] == [
        "out, cache = forward(x, w, {})",
        "print(out)",
        "out_2, cache_2 = forward(x_2, w_2, {})",
        "print(out_2)",
    ]
    assert "backward(out_2, cache_2)" in written(submission, function="backward")
    assert "backward(out_2, cache_2)" in written(submission, function="a question of another name")


def test_a_call_that_raised_is_the_last_line(submission):
    """It raises in the student's notebook too."""
    with pytest.raises(FunctionRaised):
        submission.forward(np.array([2.5]), np.array([-1.5]), {"fail": True})
    code = written(submission)
    assert code.splitlines()[-1] == "forward(x, w, {'fail': True})"
    with pytest.raises(ValueError, match="no"):
        ran(code)


def test_names_that_nobody_gave_are_made(submission):
    """A function that the notebook does not define with parameters, and one without names for its values."""
    submission.apart(np.array([2.5, -1.0]), np.array([1.5, -1.0]), 4)
    code = written(submission)
    assert code.splitlines()[1:] == [
        "x = rng.standard_normal((2,))",
        "argument_1 = rng.standard_normal((2,))",
        "result = apart(x, argument_1, 4)",
        "print(result)",
    ]
    assert "apart(argument_0, argument_1, 4)" in written(submission, {})
    ran(code)


def test_large_arrays_are_printed_in_short(submission):
    """A person reads no thousand numbers: the shape, the mean and the share that is not zero."""
    for size in (MOST_PRINTED, MOST_PRINTED + 1):
        begin_calls(submission)
        submission.plain(np.linspace(-1.0, 1.5, size))
        code = written(submission)
        assert ("print(y)" in code) == (size == MOST_PRINTED)
        _, printed = ran(code)
        assert ("mean" in printed) == (size > MOST_PRINTED)


def test_a_dictionary_that_a_call_changes_is_shown_and_handed_on(submission):
    """Where a check asks for the arguments, a dictionary has a name: it is printed, and it goes to the next call as itself."""
    param = {"mean": np.array([0.5, -1.5])}
    for _ in range(2):
        _, (_, param) = submission.keeps.returning_arguments(np.array([2.5, 4.5]), param)
    code = written(submission, {"keeps": ("x", "param")})
    assert code == (
        "rng = np.random.default_rng(0)\n"
        "x = rng.uniform(1.0, 2.0, size=(2,))\n"
        "param = {'mean': rng.standard_normal((2,))}\n"
        "result = keeps(x, param)\n"
        "print(result)\n"
        "print(param)\n"
        "x_2 = rng.uniform(1.0, 2.0, size=(2,))\n"
        "result_2 = keeps(x_2, param)\n"
        "print(result_2)\n"
        "print(param)"
    )
    names, printed = ran(code)
    assert names["param"]["calls"] == 2
    assert "'calls': 1" in printed


def test_code_without_random_numbers_has_no_generator(submission):
    """Nothing is drawn for zeros, ones and settings."""
    submission.plain(np.ones((2, 2)))
    submission.apart(np.zeros(3), None, True, [1, (2,), "a"], {"k": None})
    assert written(submission) == (
        "x = np.ones((2, 2))\ny = plain(x)\n"
        "x_2 = np.zeros((3,))\nresult = apart(x_2, None, True, [1, (2,), 'a'], {'k': None})\nprint(result)"
    )


def test_no_call_is_no_code(submission):
    """A check that failed before its first call has nothing to show; nor have the calls of the check before."""
    submission.plain(np.ones(2))
    begin_calls(submission)
    assert written(submission) == ""
    assert write_code((), {}, {}) == ""
