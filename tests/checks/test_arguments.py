"""Arguments that are changed in place are noticed, wherever the function runs."""

import numpy as np
import pytest

from gradkit.checks import CheckFailure, check_arguments_unchanged


def test_the_result_is_returned_and_the_callers_arrays_are_never_touched():
    """A function gets copies, so even one that keeps and changes them later does no harm."""
    kept = []

    def function(x):
        kept.append(x)
        return x + 1

    x = np.arange(3.0)
    result = check_arguments_unchanged(function, x, names=("x",))
    kept[0][:] = 9
    assert result.tolist() == [1, 2, 3]
    assert x.tolist() == [0, 1, 2]


def test_nan_equals_itself():
    """Arrays are compared bit for bit."""
    check_arguments_unchanged(lambda x: x, np.array([np.nan, -0.0]), names=("x",))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x, param: x.__setitem__((0, 1), 5.0), r"^x\[0, 1\]: changed in place; 1 of 4 elements"),
        (lambda x, param: x.sort(axis=0), r"^x\[0, 0\]: changed in place; 4 of 4"),
        (lambda x, param: x.resize(1, 4, refcheck=False), "^x: its shape or dtype"),
        (lambda x, param: param.update(mask=1), "^param: the key 'mask' was added"),
        (lambda x, param: param.pop("p"), "^param: the key 'p' was removed"),
        (lambda x, param: param.update(p=0.4), r"^param\['p'\]: it was given another value"),
        (lambda x, param: param["arrays"][0].fill(1), r"^param\['arrays'\]\[0\]\[0\]: changed in place"),
    ],
)
def test_a_change_is_located(change, words):
    """In arrays, in dictionaries and in what they hold."""
    x = np.array([[3.0, 4.0], [1.0, 2.0]])
    with pytest.raises(CheckFailure, match=words):
        check_arguments_unchanged(change, x, {"p": 0.5, "arrays": (np.zeros(2),)}, names=("x", "param"))


def test_an_argument_without_a_name_may_change():
    """A cache is the student's own."""
    check_arguments_unchanged(lambda dout, cache: cache.clear(), np.ones(2), [1], names=("dout", None))


class Remote:
    """A function in another process: the caller's arguments stay as they are, those there are handed back."""

    def __init__(self, after):
        self.after = after

    def __call__(self, *args):
        raise AssertionError("the other protocol is to be used")

    def returning_arguments(self, *args):
        return "result", self.after


def test_a_remote_function_hands_its_arguments_back():
    """What counts is what they are in the other process."""
    x = np.ones(2)
    assert check_arguments_unchanged(Remote((x.copy(), object())), x, object(), names=("x", "handle")) == "result"
    with pytest.raises(CheckFailure, match=r"x\[1\]: changed in place"):
        check_arguments_unchanged(Remote((np.array([1.0, 2.0]),)), x, names=("x",))


@pytest.mark.parametrize("after", [None, (), ("x",), (None,), ([1.0, 1.0],)])
def test_what_a_remote_function_hands_back_is_not_trusted(after):
    """Too few arguments, or others than arrays, are a failure and no crash."""
    with pytest.raises(CheckFailure):
        check_arguments_unchanged(Remote(after), np.ones(2), names=("x",))


def test_an_argument_that_can_not_be_copied_goes_in_as_it_is():
    """A generator in a cache is no reason to fail."""
    generator = (i for i in range(3))
    assert check_arguments_unchanged(next, generator, names=(None,)) == 0
