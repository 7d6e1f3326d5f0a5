"""Calls that are planned go to the student's process together, and mean what they mean one by one."""

from contextlib import closing, contextmanager

import numpy as np
import pytest

from gradkit.errors import (
    CallTimedOut,
    FunctionMissing,
    FunctionRaised,
    ProcessDied,
    SubmissionFailure,
    WrongReturn,
)
from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.local import LocalSession
from gradkit.sandbox.session import Cell, Opaque, Session
from gradkit.sandbox.submission import Submission, begin_calls, begin_case, code_again

SOURCE = """\
import numpy as np, time, os
seen = []
def forward(x, scale=2.0):
    seen.append("forward")
    return scale * x, {"x": x}
def backward(dout, cache):
    seen.append("backward")
    return dout + cache["x"]
def is_given_the_very_cache(cache):
    return any(cache is kept for kept in caches)
caches = []
def keeps():
    caches.append({"a": [1]})
    return 1, caches[-1]
def order(): return list(seen)
def fails(): return 1 / 0
def doubles(x, cache=None):
    x *= 2
    return 0
def wants(x): return x
def draw(): return np.random.rand()
def big(size): return np.ones(size)
def only_one(): return 5
buffer = np.zeros(5000)
def fills(x):
    buffer[:] = x
    return buffer
def hangs(): time.sleep(60)
def ends(): os._exit(3)
def naps(x):
    time.sleep(0.8)
    return x
"""
RETURNS = {"forward": ("out", "cache"), "keeps": ("out", "cache"), "only_one": ("out", "cache")}
OPAQUE = {"forward": (False, True)}


@pytest.fixture(scope="module")
def server():
    with ForkServer(Limits(call_seconds=2, notebook_seconds=20, cpu_seconds=30, reply_mb=8)) as found:
        yield found


@contextmanager
def opened(server, source=SOURCE):
    with closing(Session([Cell("cell 1", source)], server, OPAQUE)) as session:
        yield Submission(session, RETURNS)


@pytest.fixture(params=["in the sandbox", "in this process"])
def anywhere(request, server):
    """A submission, or the instructor's own code."""
    if request.param == "in this process":
        yield Submission(LocalSession([SOURCE], opaque=OPAQUE), RETURNS)
        return
    with opened(server) as submission:
        yield submission


@pytest.fixture
def submission(server):
    with opened(server) as found:
        yield found


def test_a_planned_call_can_take_what_one_before_it_returns(anywhere):
    """Forward and backward, the cache handed on; values and keyword arguments as in a call."""
    x = np.arange(3.0)
    forward = anywhere.forward.plan(x, scale=3.0)
    backward = anywhere.backward.plan(np.ones(3), forward[1])
    out, _ = forward.value()
    assert out.tolist() == [0, 3, 6]
    assert backward.value().tolist() == [1, 2, 3]


def test_all_that_are_planned_go_in_one_message(submission, messages):
    """Whichever value is asked for first, and asking again asks nobody."""
    calls = [submission.wants.plan(number) for number in range(20)]
    assert calls[7].value() == 7
    assert [call.value() for call in calls] == list(range(20))
    assert messages == ["calls"]


def test_a_part_that_is_handed_on_is_the_very_object(anywhere):
    """A cache that could cross is not copied on its way."""
    kept = anywhere.keeps.plan()
    assert anywhere.is_given_the_very_cache.plan(kept[1]).value() is True


def test_calls_are_made_in_the_order_of_the_plan(anywhere):
    """Also before a call that is not planned."""
    first = anywhere.forward.plan(np.ones(2))
    anywhere.forward.plan(np.ones(2))
    second = anywhere.backward.plan(np.ones(2), first[1])
    assert anywhere.order() == ["forward", "forward", "backward"]
    assert second.value().tolist() == [2, 2]
    assert anywhere.order() == ["forward", "forward", "backward"]


def test_a_failure_is_told_where_its_value_is_asked_for(anywhere):
    """What was made before it has values, and what stands after it is made when it is asked for."""
    before, fails, after = anywhere.wants.plan(1), anywhere.fails.plan(), anywhere.wants.plan(2)
    assert before.value() == 1
    for _ in range(2):
        with pytest.raises(FunctionRaised, match="ZeroDivisionError") as caught:
            fails.value()
        assert caught.value.function == "fails"
    assert after.value() == 2


def test_what_stands_after_a_failure_is_made_once(anywhere):
    """It waits, and is made before the next call."""
    fails = anywhere.fails.plan()
    anywhere.forward.plan(np.ones(2))
    with pytest.raises(FunctionRaised):
        fails.value()
    assert anywhere.order() == ["forward"]


def test_a_call_that_needs_a_failed_one_fails_alike(anywhere):
    """It is not made; the failure is that of the function that failed."""
    fails = anywhere.fails.plan()
    needs = anywhere.backward.plan(np.ones(2), fails[0])
    with pytest.raises(FunctionRaised) as caught:
        needs.value()
    assert caught.value.function == "fails"
    assert anywhere.order() == []


@pytest.mark.parametrize("name", ["only_one", "wants"])
def test_a_part_that_is_not_there_is_told_of_the_function_that_lacks_it(anywhere, name):
    """With the names of what it has to return, and without."""
    call = getattr(anywhere, name).plan(*([3] if name == "wants" else []))
    needs = anywhere.backward.plan(np.ones(2), call[1])
    with pytest.raises(WrongReturn, match=f"^{name} has to return 2 values"):
        needs.value()
    with pytest.raises(SubmissionFailure) as caught:
        needs.value()
    assert caught.value.function == name


def test_a_function_that_is_missing_is_told(anywhere):
    """As in a call."""
    there, missing = anywhere.wants.plan(1), anywhere.nowhere.plan()
    assert there.value() == 1
    with pytest.raises(FunctionMissing, match="nowhere"):
        missing.value()


def test_arguments_come_back_as_they_are_afterwards(anywhere):
    """Those of the test's own stay as they were; a part of another call stays itself."""
    forward, x = anywhere.forward.plan(np.ones(2)), np.ones(2)
    value, after = anywhere.doubles.plan_returning_arguments(x, forward[1]).value()
    _, cache = forward.value()
    assert value == 0
    assert after[0].tolist() == [2, 2]
    assert after[1] is cache
    assert x.tolist() == [1, 1]


def test_a_planned_call_is_shown_like_a_call(anywhere):
    """The code that shows a case again does not tell how calls were made."""
    names = {"forward": ["x"], "backward": ["dout", "cache"]}
    forward = anywhere.forward.plan(np.ones((2, 3)))
    anywhere.backward.plan(np.ones((2, 3)), forward[1]).value()
    planned = code_again(anywhere, names, "backward")
    begin_calls(anywhere)
    _, cache = anywhere.forward(np.ones((2, 3)))
    anywhere.backward(np.ones((2, 3)), cache)
    assert "backward(dout, cache)" in planned
    assert planned == code_again(anywhere, names, "backward")


def test_random_numbers_do_not_depend_on_how_calls_are_made(submission):
    """The seed of a check comes before the first of its calls."""
    drawn = []
    for plans in (True, False):
        begin_case(submission, 5)
        calls = [submission.draw.plan() for _ in range(3)] if plans else []
        drawn.append([call.value() for call in calls] or [submission.draw() for _ in range(3)])
    assert drawn[0] == drawn[1]


def test_a_plan_outlives_a_case_but_not_a_check(anywhere):
    """Cases of a probe can be asked together; what needs an object of the case before is made in time."""
    forward, fails = anywhere.forward.plan(np.ones(2)), anywhere.fails.plan()
    backward = anywhere.backward.plan(np.ones(2), forward[1])
    forward.value()
    with pytest.raises(FunctionRaised):
        fails.value()
    begin_case(anywhere, 1)
    assert backward.value().tolist() == [2, 2]
    late = anywhere.wants.plan(1)
    begin_calls(anywhere)
    with pytest.raises(RuntimeError, match="planned in one check"):
        late.value()


def test_a_planned_call_is_no_value(anywhere):
    """It can't be taken apart, counted from its end, or hidden in another argument."""
    call = anywhere.forward.plan(np.ones(2))
    with pytest.raises(TypeError, match="value"):
        _, _ = call
    with pytest.raises(TypeError, match="-1"):
        call[-1]
    for hidden in ([call[0]], {"a": (1, call[0])}, call):
        with pytest.raises(TypeError, match="positional argument"):
            anywhere.wants.plan(hidden)
    with pytest.raises(TypeError, match="positional argument"):
        anywhere.wants.plan(x=call[0])


def test_large_arguments_and_values_cross_too(submission, messages):
    """They go one by one, or in several messages."""
    x = np.ones(100_000)
    assert sum(call.value().sum() for call in [submission.wants.plan(x) for _ in range(3)]) == 300_000
    assert messages == ["call"] * 3
    values = [call.value() for call in [submission.big.plan(400_000) for _ in range(5)]]
    assert all(isinstance(value, np.ndarray) and value.size == 400_000 for value in values)


def test_what_a_call_before_has_left_can_be_handed_to_planned_ones(submission, messages):
    """One by one: in a new process it would not be there."""
    _, cache = submission.forward(np.ones(2))
    calls = [submission.backward.plan(np.ones(2), cache) for _ in range(2)]
    assert [call.value().tolist() for call in calls] == [[2, 2], [2, 2]]
    assert messages == ["call"] * 3


def test_a_call_that_hangs_costs_itself_alone(submission):
    """Those before and after it have values, and the right function is named."""
    before, hangs, after = submission.wants.plan(1), submission.hangs.plan(), submission.wants.plan(2)
    assert before.value() == 1
    with pytest.raises(CallTimedOut, match="hangs did not return within 2 s") as caught:
        hangs.value()
    assert caught.value.function == "hangs"
    assert after.value() == 2


def test_calls_that_take_long_together_have_each_their_own_time(submission, messages):
    """One message has no more time than one call may take; a right answer is not failed for that."""
    calls = [submission.naps.plan(number) for number in range(3)]
    assert [call.value() for call in calls] == [0, 1, 2]
    assert [asked for asked in messages if asked.startswith("call")] == ["calls", "call", "call", "call"]


def test_the_call_that_ends_the_process_is_named(submission):
    """And ends the session, as it does alone."""
    before, ends = submission.forward.plan(np.ones(2)), submission.ends.plan()
    needs = submission.backward.plan(np.ones(2), before[1])
    assert isinstance(before.value()[1], Opaque)
    with pytest.raises(ProcessDied, match=r"^ends did not return: it ended Python itself \(exit status 3\)"):
        ends.value()
    with pytest.raises(ProcessDied):
        needs.value()


FORGED = {
    "no list": '{"checks": "x"}',
    "no lists": '{"checks": ["x"]}',
    "no checks": '{"checks": []}',
    "two checks": '{"checks": [[{"value": ["one", [[None, 1]]]}]] * 2}',
    "no outcome": '{"checks": [[]]}',
    "too many": '{"checks": [[{"value": ["one", [[None, 1]]]}] * 9]}',
    "no objects": '{"checks": [[1, 2]]}',
    "a value of no known form": '{"checks": [[{"value": 7}, {"value": 7}]]}',
    "a part that is not there": '{"checks": [[{"value": ["one", [[None, 1]]]}, {"value": ["one", [[None, 1]]]}]]}',
    "nothing": "{}",
}


@pytest.mark.parametrize("reply", FORGED.values(), ids=FORGED.keys())
def test_a_forged_reply_is_not_believed(server, messages, reply):
    """The calls are made one by one then, and a submission that always forges has the failures that it has alone."""
    forging = f"""
import sys
frame = sys._getframe()
while "self" not in frame.f_locals or not hasattr(frame.f_locals["self"], "operations"):
    frame = frame.f_back
frame.f_locals["self"].operations["calls"] = lambda request, body: ({reply}, [])
"""
    with opened(server, SOURCE + forging) as submission:
        forward = submission.forward.plan(np.ones(2))
        backward = submission.backward.plan(np.ones(2), forward[1])
        assert forward.value()[0].tolist() == [2, 2]
        assert backward.value().tolist() == [2, 2]
    assert messages == ["run", "calls", "run", "call", "call"]


def test_a_value_is_what_it_was_when_it_was_returned(anywhere):
    """A function may use one array again and again; what the next call writes into it is not the value of this one."""
    calls = [anywhere.fills.plan(float(number)) for number in range(3)]
    assert [call.value().max() for call in calls] == [0, 1, 2]


def test_a_failure_says_which_call_it_was_of(submission):
    """Each kind of failure knows its function, for a probe that asks whose it is."""
    calls = [submission.fails.plan(), submission.nowhere.plan(), submission.only_one.plan()]
    for call, name in zip(calls, ("fails", "nowhere", "only_one"), strict=True):
        with pytest.raises(SubmissionFailure) as caught:
            call.value()
        assert caught.value.function == name
