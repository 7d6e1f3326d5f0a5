"""A probe's observations: what is kept of each case, what a case that fails becomes, and when two of them agree."""

import numpy as np
import pytest

from gradkit.bugs import Observer
from gradkit.bugs.observing import NOTHING, Crash, Fact, Rate, Value, agree
from gradkit.errors import CallTimedOut, CourseError, FunctionMissing, FunctionRaised
from gradkit.sandbox.local import LocalSession
from gradkit.sandbox.submission import Submission


@pytest.fixture
def observe():
    return Observer()


def submit(source, **returns):
    return Submission(LocalSession([source]), returns)


def rate(hits, n=1000, **more):
    return Rate(hits, n, **more)


def test_parts_are_kept_by_their_case(observe):
    """Each case has its conditions and the parts that were observed in it."""
    with observe.case("a square", "the sides are equal"):
        observe.value("out", np.ones((2, 3)))
        observe.fact("order", "rows first", says="your rows come {}")
    with observe.case("a line"):
        observe.number("factor", [2.0, 2.0])
    assert [(case.name, case.conditions) for case in observe.cases.values()] == [
        ("a square", ("the sides are equal",)),
        ("a line", ()),
    ]
    assert list(observe.units()) == [("a square", "out"), ("a square", "order"), ("a line", "factor")]
    assert observe.words == {"out": "", "order": "your rows come {}", "factor": ""}


def test_an_exception_of_the_function_ends_its_case_alone(observe):
    """What was seen before stays, the rest of the case is a crash of that kind and text, the next case goes on."""
    submission = submit("def f(x):\n    if x < 0:\n        raise KeyError('no root')\n    return x")
    for x in (4.0, -1.0, 9.0):
        with observe.case(f"x = {x}"):
            observe.fact("sign", str(x > 0))
            observe.value("out", submission.f(x))
    units = observe.units(like=observe_right(4.0, -1.0, 9.0))
    assert units["x = -1.0", "sign"] == Fact("False")
    assert units["x = -1.0", "out"] == Crash("KeyError", "'no root'", raised=True)
    assert units["x = 9.0", "out"].array == 9.0


def observe_right(*numbers):
    right = Observer()
    for x in numbers:
        with right.case(f"x = {x}"):
            right.fact("sign", "")
            right.value("out", x)
    return right


@pytest.mark.parametrize(
    "handling", [lambda out: out[0], lambda out: out.shape, lambda out: 1 / out, lambda out: {}[out]]
)
def test_what_the_probe_can_not_take_apart_is_no_crash_of_the_function(observe, handling):
    """A value of another form is told from an exception that the student's code raised."""
    with observe.case("zero"):
        observe.value("out", handling(submit("def f(): return 0").f()))
    assert observe.cases["zero"].crash == Crash("another form")


def test_a_missing_function_and_a_wrong_number_of_values_are_no_raise(observe):
    """They are named by their kind, so that no bug is known by them."""
    with observe.case("missing"):
        submit("").f()
    with observe.case("a pair"):
        submit("def f(): return 1, 2", f=("out",)).f()
    assert [case.crash for case in observe.cases.values()] == [Crash("FunctionMissing"), Crash("WrongReturn")]


def test_a_call_that_is_stopped_by_the_clock_is_remembered(observe):
    """`timed_out` is set by a time limit and by nothing else."""
    with observe.case("missing"):
        raise FunctionMissing("f is not defined")
    assert not observe.timed_out
    with observe.case("slow"):
        raise CallTimedOut("f did not return within 1 s")
    assert observe.timed_out


def test_a_fault_of_the_probe_is_not_the_students(observe):
    """An exception that no submission's value can cause leaves the probe."""
    with pytest.raises(RuntimeError), observe.case("broken"):
        raise RuntimeError("the probe")


def test_a_value_is_a_copy(observe):
    """What the probe does to an array later does not change what was observed."""
    array = np.ones(3)
    with observe.case("one"):
        observe.value("out", array)
    array[:] = 7
    (unit,) = observe.units().values()
    assert unit.is_result
    assert unit.array.tolist() == [1, 1, 1]


@pytest.mark.parametrize(("got", "kind"), [(None, "NoneType"), ([1.0], "list"), ("text", "str")])
def test_what_is_no_array_is_kept_by_its_type(observe, got, kind):
    """The case goes on after it."""
    with observe.case("one"):
        observe.value("out", got)
        observe.value("cache", 1.0)
    assert observe.units()["one", "out"] == Crash(f"a value of type {kind}")
    assert observe.units()["one", "cache"].array == 1.0


def test_a_rate_counts_its_trials(observe):
    """Booleans of any shape; no trials are nothing to be seen."""
    with observe.case("one"):
        observe.rate("kept", np.arange(12).reshape(3, 4) < 5, asked=0.5)
        observe.rate("dropped", [], asked=0.5)
        observe.rate("let through", [True, False], coarse=True)
    assert list(observe.units().values()) == [rate(5, 12, asked=0.5), NOTHING, rate(1, 2, coarse=True)]


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        ([2.0, 2.0, 2.0], 2.0),
        (np.full((2, 2), -0.25), -0.25),
        ([0.0, 0.0], 0.0),
        (np.array([1.0, 1.00009]), 1.000045),
        ([1.0, 1.001], Fact("")),
        ([1.0, np.nan], Fact("")),
        ([np.inf, np.inf], Fact("")),
        ([], NOTHING),
    ],
)
def test_numbers_that_are_one_up_to_rounding_are_one(observe, values, seen):
    """Several numbers, NaN and infinity tell nothing; no number is nothing to be seen."""
    with observe.case("one"):
        observe.number("factor", values)
    (unit,) = observe.units().values()
    if isinstance(seen, float):
        assert not unit.is_result
        assert float(unit.array) == pytest.approx(seen)
    else:
        assert unit == seen


def test_a_part_that_was_not_reached_is_a_crash(observe):
    """Also a case that the probe left out, and a part that it skipped, where the right answer has them."""
    right = Observer()
    for name in ("one", "two"):
        with right.case(name):
            right.fact("sign", "plus")
    with observe.case("one"):
        pass
    assert set(observe.units(like=right).values()) == {Crash("not observed")}


def test_parts_that_the_right_answer_does_not_have_are_left_out(observe):
    """A comparison is over what the right answer shows."""
    with observe.case("one"):
        observe.fact("sign", "plus")
    assert observe.units(like=Observer()) == {}


def test_misuse_by_a_probe_is_said():
    """Two cases of one name, an observation outside of a case, and a second one of the same part."""
    observe = Observer()
    with observe.case("one"):
        observe.fact("sign", "plus")
    with pytest.raises(CourseError, match="two cases of a probe are called 'one'"), observe.case("one"):
        pass
    with pytest.raises(CourseError, match="'sign' was observed outside of a case"):
        observe.fact("sign", "plus")
    observe = Observer()
    with pytest.raises(CourseError, match="'sign' was observed twice in the case 'one'"), observe.case("one"):
        [observe.fact("sign", text) for text in ("plus", "minus")]


def test_arrays_agree_up_to_rounding():
    """Relative to the largest number; shapes count, dtypes do not."""
    x = np.array([[1e6, 1.0], [-3.0, 0.0]])
    assert agree(Value(x), Value(x + 0.5))
    assert agree(Value(x), Value(x.astype(np.float32)))
    assert not agree(Value(x), Value(x + 5.0))
    assert not agree(Value(x), Value(x.ravel()))
    assert not agree(Value(x), Value(x.T))
    assert not agree(Value(np.zeros(2)), Value(np.full(2, 1e-9)))


def test_arrays_agree_where_they_are_not_finite():
    """NaN in the same places is the same behaviour, in other places another."""
    nan = np.nan
    assert agree(Value(np.array([1.0, nan])), Value(np.array([1.0, nan])))
    assert not agree(Value(np.array([1.0, nan])), Value(np.array([nan, 1.0])))
    assert not agree(Value(np.array([1.0, nan])), Value(np.array([1.0, 5.0])))
    assert not agree(Value(np.array([1.0, nan])), Value(np.array([2.0, nan])))


def test_rates_of_one_probability_agree_by_chance():
    """At p = 0.3, no pair of 4000 counts of 500 trials disagrees; a tenth more is told apart with 20 000 trials."""
    hits = np.random.default_rng(3).binomial(500, 0.3, size=4000)
    assert all(agree(rate(int(a), 500), rate(int(b), 500)) for a, b in hits.reshape(-1, 2))
    assert not agree(rate(6000, 20_000), rate(6600, 20_000))
    assert agree(rate(6, 20), rate(8, 20))


def test_none_and_all_have_a_variance_too():
    """A count of 0 or n does not make every other count differ."""
    assert agree(rate(0, 50), rate(1, 50))
    assert agree(rate(50, 50), rate(49, 50))
    assert agree(rate(0, 5), rate(5, 5))
    assert not agree(rate(0, 50), rate(50, 50))
    assert not agree(rate(0, 50), rate(30, 50))


def test_of_a_coarse_rate_none_some_and_all_are_told_apart():
    """And nothing else, also where the other rate is not coarse."""
    assert agree(rate(1, coarse=True), rate(999, coarse=True))
    assert agree(rate(1), rate(999, coarse=True))
    assert not agree(rate(0, coarse=True), rate(1, coarse=True))
    assert not agree(rate(1000, coarse=True), rate(999, coarse=True))
    assert not agree(rate(0, coarse=True), rate(1000, coarse=True))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("operands could not be broadcast together with shapes (3,4) (4,3)", "operands could not be broadcast "
         "together with shapes (7,) (2,5) ", True),
        ("index 5 is out of bounds for axis 0", "index 17 is out of bounds for axis 0", True),
        ("x has no row", "x has no column", False),
        ("", "", True),
    ],
)  # fmt: skip
def test_crashes_agree_by_kind_and_gist(one, other, same):
    """Numbers and what follows them differ from one program to the next."""
    assert agree(Crash("ValueError", one, raised=True), Crash("ValueError", other, raised=True)) == same
    assert not agree(Crash("ValueError", one, raised=True), Crash("IndexError", one, raised=True))


def test_observations_of_two_kinds_never_agree():
    """An array is no rate, a fact is no crash."""
    seen = [Value(np.ones(())), rate(1000), Fact("1"), Crash("1")]
    assert [[agree(a, b) for b in seen] for a in seen] == np.eye(4, dtype=bool).tolist()


def test_the_text_of_a_raise_is_that_of_the_function(observe):
    """The probe's own words and the name of the function are not in it."""
    with observe.case("one"):
        raise FunctionRaised("f stopped with ValueError: too small", "ValueError", "too small")
    assert observe.cases["one"].crash == Crash("ValueError", "too small", raised=True)
