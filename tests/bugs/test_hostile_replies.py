"""A submission can't hold a diagnosis up, fill its memory, or speak through it."""

import numpy as np
import pytest

from gradkit.bugs import Diagnostician, Findings, KnownBug, Observer
from gradkit.bugs.observing import LARGEST_RESULT, Crash
from gradkit.errors import CallTimedOut
from gradkit.sandbox.local import LocalSession
from gradkit.sandbox.submission import Submission, begin_case

RIGHT = "import numpy as np\ndef f(x):\n    return 2 * x\n"
STOPS = "def f(x):\n    if x[0] < 0:\n        raise {}\n    return 2 * x\n"


def probe(submission, rng, observe):
    for sign in (1, -1, 2, 3):
        with observe.case(f"for x = {sign}", *(["x is negative"] if sign < 0 else [])):
            observe.value("y", submission.f(np.full(3, float(sign))))


def submission_of(sources):
    return Submission(LocalSession(sources), {})


def diagnostician(**options):
    bug = KnownBug("f", "stops", "", "Stops", "It stops.", "", "", STOPS.format("ValueError('no')"))
    return Diagnostician(probe, RIGHT, (bug,), submission_of, 7, **options)


def test_a_name_that_a_student_gave_to_an_exception_is_not_told():
    """It could say what a page is not to show, such as the inputs of a probe."""
    for error, told in (
        ("ValueError('no')", "with ValueError"),
        ("type('v1_2345', (Exception,), {})('no')", "It stops in 1"),
    ):
        (found,) = diagnostician().diagnose(submission_of([STOPS.format(error)])).diagnoses
        assert found.bug == "stops"
        assert told in found.evidence
        assert "v1_2345" not in found.evidence


def test_each_case_forgets_the_one_before_and_draws_its_own_numbers():
    """Nothing that a submission returned is kept until the probe ends; a salt changes what it draws."""
    seeds = []

    def begin(submission, seed):
        begin_case(submission, seed)
        seeds.append(seed)

    for salt in (0, 10):
        diagnostician(begin_case=begin).observe(submission_of([RIGHT]), salt)
    assert len(set(seeds)) == len(seeds) == 8
    assert [seed + 10 for seed in seeds[:4]] == seeds[4:]


def test_a_probe_that_is_stopped_says_nothing():
    """Half of what it would have seen is no ground for a name."""
    left = [1, 2]

    def begin(submission, seed):
        if not left:
            raise CallTimedOut("too long")
        left.pop()

    slow = diagnostician(begin_case=begin)
    assert slow.observe(submission_of([STOPS.format("ValueError('no')")])).timed_out
    left[:] = [1, 2]
    assert slow.diagnose(submission_of([STOPS.format("ValueError('no')")])) == Findings()


@pytest.mark.parametrize("error", [MemoryError, IndexError])
def test_what_a_probe_can_not_take_apart_costs_its_case_alone(error):
    """Replies that fit in no memory together, or have not the form that was expected."""
    observe = Observer()
    with observe.case("one"):
        raise error
    with observe.case("two"):
        observe.fact("sign", "plus")
    assert observe.cases["one"].crash == Crash("another form")
    assert observe.cases["two"].crash is None


def test_an_array_out_of_all_proportion_is_not_kept():
    """Probes work with small inputs."""
    observe = Observer()
    with observe.case("one"):
        observe.value("small", np.zeros(LARGEST_RESULT, np.uint8))
        observe.value("large", np.zeros(LARGEST_RESULT + 1, np.uint8))
    assert not isinstance(observe.cases["one"].parts["small"], Crash)
    assert isinstance(observe.cases["one"].parts["large"], Crash)
