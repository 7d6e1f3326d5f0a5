"""Values that hidden tests only hand on: they stay where they were made, in the sandbox and in this process alike."""

import os
from contextlib import closing, contextmanager

import numpy as np
import pytest

from gradkit.course import parse_settings
from gradkit.errors import CourseError, WrongReturn
from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.limits import Limits
from gradkit.sandbox.local import LocalSession
from gradkit.sandbox.session import Cell, Opaque, Session
from gradkit.sandbox.submission import Submission

SOURCE = """
import numpy as np
kept = []
def forward(x, many=False, cache=True):
    kept.append((x, np.zeros((3000, 3000))) if many else (x, {"p": 0.5}))
    return x + 1, kept[-1] if cache else None
def backward(dout, cache):
    dout *= 0
    return bool(cache is kept[-1])
def lone():
    return 7
"""
RETURNS = {"forward": ("out", "cache"), "backward": ("is_the_same",), "lone": ("out", "cache")}
ALLOWED = os.sched_getaffinity(0)
"""Processors of this process, before any test of the run."""
OPAQUE = {"forward": (False, True), "lone": (False, True)}


@pytest.fixture(scope="module")
def server():
    with ForkServer(Limits(reply_mb=1)) as found:
        yield found


@pytest.fixture(params=["in the sandbox", "in this process"])
def submission(request, server):
    @contextmanager
    def opened():
        if request.param == "in this process":
            yield LocalSession([SOURCE], opaque=OPAQUE)
            return
        with closing(Session([Cell("cell 1", SOURCE)], server, OPAQUE)) as session:
            yield session

    with opened() as session:
        yield Submission(session, RETURNS)


def test_an_opaque_value_goes_back_as_the_very_object(submission):
    """The test sees that there is one, and no more; other values come as they are."""
    out, cache = submission.forward(np.ones(3))
    assert out.tolist() == [2, 2, 2]
    assert isinstance(cache, Opaque)
    assert submission.backward(np.ones(3), cache) is True


def test_its_size_does_not_matter(submission):
    """72 MB, where a reply may have 1 MB."""
    out, cache = submission.forward(np.ones(3), many=True)
    assert out.tolist() == [2, 2, 2]
    assert cache.reason == "it is only handed on"
    assert submission.backward(np.ones(3), cache) is True


def test_it_stays_itself_among_arguments_that_come_back(submission):
    """The others are as the call left them."""
    _, cache = submission.forward(np.ones(3))
    _, (dout, after) = submission.backward.returning_arguments(np.ones(3), cache)
    assert dout.tolist() == [0, 0, 0]
    assert after is cache


def test_none_is_told(submission):
    """A function that makes no cache says so."""
    assert submission.forward(np.ones(3), cache=False)[1] is None


def test_another_number_of_values_is_told_as_ever(submission):
    """What is opaque is decided by its place."""
    with pytest.raises(WrongReturn, match="2 values"):
        submission.lone()


def test_names_are_those_of_returns():
    """A mistyped name would make nothing opaque."""
    returns = {"returns": {"forward": ["out", "cache"], "backward": ["dx"]}}
    settings = parse_settings({**returns, "opaque": {"names": ["cache"]}}, "assignment.toml")
    assert settings.opaque_parts() == {"forward": (False, True)}
    with pytest.raises(CourseError, match=r"\[opaque\]: names is \['cash'\]; give .*: cache, dx, out"):
        parse_settings({**returns, "opaque": {"names": ["cash"]}}, "assignment.toml")


def test_grader_and_submission_share_a_processor(server):
    """As long as there is one; then the grader may be on any that it was allowed before."""
    source = "import os\ndef where(): return sorted(os.sched_getaffinity(0))"
    for _ in range(2):
        with closing(Session([Cell("cell 1", source)], server)) as session:
            here = sorted(os.sched_getaffinity(0))
            assert len(here) == 1
            assert session.call("where", (), {})[0] == here
            session.restart()
            assert session.call("where", (), {})[0] == sorted(os.sched_getaffinity(0))
        assert os.sched_getaffinity(0) == ALLOWED
