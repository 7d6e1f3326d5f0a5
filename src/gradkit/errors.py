"""Every exception of gradkit.

::

    GradkitError
    ├── CourseError              the course folder, an assignment or its settings are at fault
    ├── NotebookError            a file is not a notebook that can be read
    ├── ReleaseError             a release can't be built, or something leaked into it
    ├── GradingError             the grader could not judge, or the class could not be graded
    ├── GradebookError           nbgrader's database refused or lacks something
    ├── SandboxError             this machine can't isolate a submission, or isolation broke
    ├── CheckFailure             a check found something wrong (also an AssertionError)
    └── SubmissionFailure        the student's code did not give the answer that was asked for
        ├── FunctionMissing      no cell defines the function
        ├── FunctionRaised       the function raised an exception
        ├── CallTimedOut         the call took too long and was stopped
        ├── ProcessDied          the process that ran the student's code ended in the call
        ├── ReplyRefused         what came back is too large or is not data
        └── WrongReturn          the function returned another number of values than the exercise asks for

A student's mistake is a result: CheckFailure and SubmissionFailure end one check and never leave a grading run.
"""

from collections.abc import Mapping

__all__ = [
    "CallTimedOut",
    "CheckFailure",
    "CourseError",
    "FunctionMissing",
    "FunctionRaised",
    "GradebookError",
    "GradingError",
    "GradkitError",
    "NotebookError",
    "ProcessDied",
    "ReleaseError",
    "ReplyRefused",
    "SandboxError",
    "SubmissionFailure",
    "WrongReturn",
]


class GradkitError(Exception):
    """The base of every exception that gradkit raises on purpose."""


class CourseError(GradkitError):
    """The course folder, an assignment or its settings are at fault."""


class NotebookError(GradkitError):
    """A file is not a notebook that can be read."""


class ReleaseError(GradkitError):
    """A release can't be built, or something leaked into it."""


class GradingError(GradkitError):
    """The grader could not judge, or the class could not be graded."""


class GradebookError(GradkitError):
    """nbgrader's database refused or lacks something."""


class SandboxError(GradkitError):
    """This machine can't isolate a submission, or isolation broke."""


class CheckFailure(GradkitError, AssertionError):
    """A check found something wrong; the message is written for the student.

    `picture` describes a picture that says it better, in plain values as `results.read_picture` reads them.
    """

    def __init__(self, message: str, picture: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.picture = picture


class SubmissionFailure(GradkitError):
    """The student's code did not give the answer that was asked for; the message is written for the student.

    `function` is the name of the function that was called, where that is known.
    """

    function: str = ""


class FunctionMissing(SubmissionFailure):
    """No cell defines the function."""


class FunctionRaised(SubmissionFailure):
    """The function raised an exception; `kind` is the name of its type and `text` what it says, as its process told it."""

    def __init__(self, message: str, kind: str = "", text: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.text = text


class CallTimedOut(SubmissionFailure):
    """The call took too long and was stopped."""


class ProcessDied(SubmissionFailure):
    """The process that ran the student's code ended in the call."""


class ReplyRefused(SubmissionFailure):
    """What came back is too large or is not data."""


class WrongReturn(SubmissionFailure):
    """The function returned another number of values than the exercise asks for."""
