"""Checks that run side by side: few messages, and what each sees is what it would see alone."""

import contextlib
import threading
from functools import partial

import numpy as np
import pytest

from gradkit.errors import CallTimedOut, FunctionRaised, ProcessDied, SubmissionFailure
from gradkit.sandbox.alarm import TooLong, stopped_after
from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.planned import Asked, ForCheck
from gradkit.sandbox.session import Cell, Session
from gradkit.sandbox.side_by_side import Alone, run_side_by_side
from gradkit.sandbox.submission import Submission
from gradkit.sandbox.wire import WireError

SOURCE = """\
import numpy as np, time, os
calls = []
buffer = np.zeros(5000)
def note(x):
    calls.append(x)
    return list(calls)
def forward(x): return 2 * x, {"x": x}
def backward(dout, cache): return dout + cache["x"]
def draw(): return np.random.rand()
def keeps(x): return x, [1, 2]
def is_list(x): return type(x) is list and x is last[0]
last = [None]
def makes():
    last[0] = [1, 2]
    return 0, last[0]
def fails(): return 1 / 0
def fills(x):
    buffer[:] = x
    return buffer
def hangs(): time.sleep(60)
def naps(): time.sleep(0.4)
def ends(): os._exit(3)
def number(): return os.getpid(), id(calls)
def big(size): return np.ones(size)
def size(x): return len(x)
"""
OPAQUE = {"forward": (False, True)}


@pytest.fixture(scope="module")
def server():
    with ForkServer(Limits(call_seconds=2, notebook_seconds=20, cpu_seconds=30, reply_mb=16)) as found:
        yield found


@pytest.fixture
def session(server, messages):
    with Session([Cell("cell 1", SOURCE)], server, OPAQUE) as found:
        messages.clear()
        yield found


def side_by_side(session, *checks, step=lambda work: work()):
    """Run checks, each of which is given a submission; their values, or what was raised."""
    found = [None] * len(checks)

    def run(number, calls):
        try:
            found[number] = checks[number](Submission(calls, {}))
        except Alone:
            found[number] = "it is to be run alone"
        except (SubmissionFailure, WireError) as failure:
            found[number] = failure

    run_side_by_side(session, [(seed, partial(run, seed)) for seed in range(len(checks))], step)
    return found


def one_by_one(session, *checks):
    """The same, as it was before there was anything side by side."""
    found = []
    for seed, check in enumerate(checks):
        session.begin_check(seed)
        try:
            found.append(check(Submission(session, {})))
        except SubmissionFailure as failure:
            found.append(failure)
    return found


def planned_note(x):
    return lambda submission: submission.note.plan(x).value()


def test_first_planned_calls_of_all_checks_are_one_message(session, messages):
    """In the order of the checks; each has the value of its own."""
    assert side_by_side(session, *map(planned_note, range(20))) == [list(range(n + 1)) for n in range(20)]
    assert messages == ["calls"]


def test_the_rest_is_asked_in_turn(session, messages):
    """What a check asks for after its first calls, and all of one that plans nothing."""

    def two(submission):
        first = submission.note.plan("a").value()
        return first, submission.note("b")

    def plain(submission):
        return submission.note("c"), submission.note("d")

    assert side_by_side(session, two, plain, planned_note("e")) == [
        (["a"], ["a", "e", "b"]),
        (["a", "e", "b", "c"], ["a", "e", "b", "c", "d"]),
        ["a", "e"],
    ]
    assert messages == ["calls", "call", "call", "call"]


def test_first_draws_are_those_of_a_check_alone(session):
    """The seed of a check decides them, wherever it stands."""
    checks = [lambda submission: submission.draw.plan().value() for _ in range(5)]
    assert side_by_side(session, *checks) == one_by_one(session, *checks)


def test_later_draws_are_others_and_the_same_again(session):
    """They depend on the check's seed alone, not on what stands beside it."""

    def draws(submission):
        return submission.draw.plan().value(), submission.draw(), submission.draw()

    first = side_by_side(session, *[draws] * 3)
    assert len({number for numbers in first for number in numbers}) == 9
    assert side_by_side(session, draws, planned_note(0), draws) == [first[0], [0], first[2]]


def test_plain_draws_are_those_of_a_check_alone(session):
    """Nothing was asked before."""

    def draws(submission):
        return submission.draw(), submission.draw()

    assert side_by_side(session, planned_note(0), draws)[1] == one_by_one(session, planned_note(0), draws)[1]


def hands_on(submission):
    """Forward, then backward with what forward has returned, in two messages."""
    out, cache = submission.forward.plan(np.ones(2)).value()
    return out.tolist(), submission.backward(np.ones(2), cache).tolist()


def hands_on_the_very_list(submission):
    _, kept = submission.makes.plan().value()
    return submission.is_list(kept), submission.is_list([1, 2])


def plans_with_what_was_returned(submission):
    forward = submission.forward.plan(np.ones(2))
    forward.value()
    return submission.backward.plan(np.ones(2), forward[1]).value().tolist()


@pytest.mark.parametrize("check", [hands_on, hands_on_the_very_list, plans_with_what_was_returned])
def test_what_first_calls_returned_can_be_handed_on(session, check):
    """The check is run once more, alone, since the student's process kept nothing of the first time."""
    checks = planned_note(0), check, planned_note(1)
    assert side_by_side(session, *checks)[1] == one_by_one(session, *checks)[1] != "it is to be run alone"


def test_equal_data_is_no_handing_on(session, messages):
    """What a check works out from a value is its own, and it goes on beside the others."""

    def scales(submission):
        out, _ = submission.forward.plan(np.ones(2)).value()
        return submission.forward(2 * out)[0].tolist()

    assert side_by_side(session, planned_note(0), scales)[1] == [8, 8]
    assert messages == ["calls", "call"]


def test_a_failure_is_the_checks_own(session):
    """Calls of other checks are made all the same."""
    fails = lambda submission: submission.fails.plan().value()  # noqa: E731
    found = side_by_side(session, planned_note(0), fails, planned_note(1))
    assert found[0] == [0]
    assert isinstance(found[1], FunctionRaised)
    assert found[2] == [0, 1]


def test_a_value_is_what_it_was_when_it_was_returned(session):
    """Whatever calls that were made after it have done to the same array."""

    def fill(x):
        return lambda submission: float(submission.fills.plan(x).value()[0])

    assert side_by_side(session, fill(1.0), fill(2.0)) == [1.0, 2.0]


def test_a_check_that_restarts_the_process_harms_no_other(session):
    """Those behind it have their values, or ask the new process."""

    def restarts(submission):
        submission.note.plan("first").value()
        return submission.number.in_a_fresh_process()

    def goes_on(submission):
        submission.note.plan("second").value()
        return submission.note("third")

    found = side_by_side(session, restarts, goes_on, planned_note("fourth"))
    assert found[1:] == [["third"], ["first", "second", "fourth"]]


def test_a_call_that_hangs_costs_its_check_alone(session):
    """The calls are made one by one then, each with its own time."""
    hangs = lambda submission: submission.hangs.plan().value()  # noqa: E731
    found = side_by_side(session, planned_note(0), hangs, planned_note(1))
    assert found[0] == [0]
    assert isinstance(found[1], CallTimedOut)
    assert found[2] == [1]


def test_checks_that_take_long_together_have_each_their_own_time(session, messages):
    """Calls that would begin late go with the next message: eight take longer than one message may."""
    naps = lambda submission: submission.naps.plan().value()  # noqa: E731
    assert side_by_side(session, *[naps] * 8) == [None] * 8
    assert set(messages) == {"calls"}
    assert len(messages) > 1


def test_a_process_that_ends_is_told_to_the_check_that_ended_it(session):
    """And to those behind it, as one after the other."""
    ends = lambda submission: submission.ends.plan().value()  # noqa: E731
    found = side_by_side(session, planned_note(0), ends, planned_note(1))
    assert found[0] == [0]
    assert all(isinstance(failure, ProcessDied) for failure in found[1:])
    assert session.died.startswith("ends did not return")


def test_large_arguments_and_values_take_more_messages(session, messages):
    """Nothing is lost where not all fit into one."""
    sizes = [100_000] * 24
    assert side_by_side(session, *[lambda s, n=n: s.big.plan(n).value().size for n in sizes]) == sizes
    assert side_by_side(session, *[lambda s, n=n: s.keeps.plan(np.ones(n)).value()[0].size for n in sizes]) == sizes
    assert 2 <= messages.count("calls") <= 48


def test_many_values_are_counted_for_each_check(session, messages):
    """What one check may send, the next may too."""
    sizes = 49_000, 90_000
    assert side_by_side(session, *[lambda s, n=n: s.size.plan([0] * n).value() for n in sizes]) == [*sizes]
    assert messages == ["calls"]


def test_no_more_is_held_than_a_few_large_values(session, messages):
    """Behind that, each check asks by itself, and what came for it can go before the next."""
    sizes = [1_500_000] * 8
    assert side_by_side(session, *[lambda s, n=n: s.big.plan(n).value().size for n in sizes]) == sizes
    assert messages == ["calls"] * 3 + ["call"] * 5


def test_a_value_that_cannot_be_sent_fails_alone(session, messages):
    """It is told where it is asked for; those behind it still go together."""

    def sends_a_type(submission):
        return submission.note.plan(object).value()

    found = side_by_side(session, planned_note(0), sends_a_type, planned_note(1), planned_note(2))
    assert isinstance(found[1], WireError)
    assert found[0] == [0]
    assert found[2:] == [[0, 1], [0, 1, 2]]
    assert messages == ["calls", "calls"]


def test_a_check_that_asks_in_a_thread_is_run_alone(session):
    """It can't wait in the middle."""

    def in_a_thread(submission):
        values = []
        thread = threading.Thread(target=lambda: values.append(submission.note.plan("x").value()))
        with contextlib.suppress(Alone):
            thread.start()
            thread.join()
        return values

    threading.excepthook, before = (lambda _: None), threading.excepthook
    try:
        assert side_by_side(session, planned_note(0), in_a_thread)[1] == [[0, "x"]]
    finally:
        threading.excepthook = before


def test_settings_of_numpy_hold_in_a_check(session):
    """As they do for the one who runs it."""
    with np.errstate(divide="raise"):
        assert side_by_side(session, lambda _: np.geterr()["divide"]) == ["raise"]


def test_one_that_takes_too_long_is_ended_and_the_others_go_on(session):
    """Before its first calls as well as behind them."""

    def step(work):
        with contextlib.suppress(TooLong), stopped_after(0.3):
            work()

    def slow(submission):
        submission.note.plan("slow").value()
        while True:
            pass

    def never_asks(_):
        while True:
            pass

    found = side_by_side(session, slow, never_asks, planned_note("last"), step=step)
    assert found == [None, None, ["slow", "last"]]


def test_ctrl_c_ends_all(session):
    """Nobody waits for an answer any more; what a check does at its end is done."""
    ended = []

    def waits(submission):
        try:
            submission.note.plan(0).value()
        finally:
            ended.append("waits")

    def interrupted(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        side_by_side(session, waits, interrupted, planned_note(1))
    assert ended == ["waits"]


def test_checks_without_calls_need_no_process(session, messages):
    """Nothing is asked."""
    assert side_by_side(session, lambda _: 1, lambda _: 2) == [1, 2]
    assert messages == []


def test_calls_for_checks_are_those_of_checks_one_after_the_other(session):
    """Without anybody who waits: values, failures and places."""
    asked = [Asked("draw", (), {}), Asked("fails", (), {}), Asked("draw", (), {})]
    found = session.call_for_checks([ForCheck(5, asked), ForCheck(6, asked[:1]), ForCheck(5, asked[:1])])
    assert [len(outcomes) for outcomes in found] == [2, 1, 1]
    assert isinstance(found[0][1].failure, FunctionRaised)
    assert found[0][0].value == found[2][0].value != found[1][0].value
