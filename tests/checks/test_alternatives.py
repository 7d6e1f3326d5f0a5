"""More than one answer may be right, and the student reads about the one that was asked for."""

import pytest

from gradkit.checks import CheckFailure, check_either
from gradkit.errors import FunctionRaised


def passes():
    """Pass."""


def fails_with(exception):
    """Return a check that raises."""

    def check():
        raise exception

    return check


def test_the_second_check_is_run_only_if_the_first_fails():
    """A dear alternative costs right solutions nothing."""
    check_either(passes, fails_with(RuntimeError("never run")))
    check_either(fails_with(CheckFailure("first")), passes)


@pytest.mark.parametrize("second", [CheckFailure("second"), FunctionRaised("second")])
def test_where_none_passes_the_first_failure_counts(second):
    """Also where the student's code breaks in the alternative."""
    with pytest.raises(CheckFailure, match="first"):
        check_either(fails_with(CheckFailure("first")), fails_with(second))


def test_other_exceptions_are_not_swallowed():
    """A mistake of the grader stays one, and a call that failed in the first check stays a failed call."""
    with pytest.raises(ZeroDivisionError):
        check_either(fails_with(CheckFailure("first")), fails_with(ZeroDivisionError()))
    with pytest.raises(FunctionRaised):
        check_either(fails_with(FunctionRaised("first")), passes)
