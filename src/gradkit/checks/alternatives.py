"""More than one right answer: several checks in, nothing if one of them passes."""

from collections.abc import Callable

from gradkit.errors import CheckFailure, SubmissionFailure


def check_either(first: Callable[[], object], *others: Callable[[], object]) -> None:
    """Run checks in turn until one passes; if none does, raise the CheckFailure of the first.

    The first is the answer that the exercise asks for, and the only one that a student reads about. The others are run
    only if it fails, so they may be dear. Where one of them can't be run since the student's code fails in it
    (SubmissionFailure), it has not passed; a SubmissionFailure in the first is raised as it is.

    >>> from gradkit.checks import check_values
    >>> dx = np.array([2.0, 4.0])
    >>> check_either(lambda: check_values(dx, [1.0, 2.0], name="dx"), lambda: check_values(dx, [2.0, 4.0], name="dx"))
    """
    try:
        first()
    except CheckFailure as failure:
        if not any(_passes(check) for check in others):
            raise failure from None


def _passes(check: Callable[[], object]) -> bool:
    try:
        check()
    except (CheckFailure, SubmissionFailure):
        return False
    return True
