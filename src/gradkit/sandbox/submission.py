"""The `submission` of a hidden test: attributes are the student's functions, calls look local."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from gradkit.errors import SubmissionFailure, WrongReturn
from gradkit.sandbox.again import Call, write_code
from gradkit.sandbox.words import describe_value


class Calls(Protocol):
    """What takes calls of functions: a Session in the sandbox, or a LocalSession for the instructor's own code."""

    def begin_check(self, seed: int) -> None:
        """Forget the objects of the check before, and seed the functions' random generators."""

    def restart(self) -> None:
        """Forget everything that the calls before have left."""

    def call(
        self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any], arguments: bool = False
    ) -> tuple[Any, tuple[Any, ...]]:
        """The function's value, and with `arguments` its arguments as they are afterwards."""


class RemoteFunction:
    """One function of a submission. Arguments go out as copies; data comes back."""

    def __init__(self, session: Calls, name: str, returns: tuple[str, ...], made: list[Call]) -> None:
        self.__name__ = name
        self._session = session
        self._returns = returns
        self._made = made

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function's value; a SubmissionFailure is raised where there is none.

        What the student's code does to its copy of an argument is not seen here.
        """
        value, _ = self._call(args, kwargs)
        return value

    def returning_arguments(self, *args: Any, **kwargs: Any) -> tuple[Any, tuple[Any, ...]]:
        """The function's value, and the positional arguments as they are in the student's process after the call."""
        return self._call(args, kwargs, arguments=True)

    def in_a_fresh_process(self, *args: Any, **kwargs: Any) -> Any:
        """As a call, in a process that knows nothing of the calls before; their caches can't be passed any more."""
        self._session.restart()
        return self(*args, **kwargs)

    def _call(
        self, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, arguments: bool = False
    ) -> tuple[Any, tuple[Any, ...]]:
        self._made.append(Call(self.__name__, args, kwargs))
        try:
            value, after = self._session.call(self.__name__, args, kwargs, arguments)
            value = self._checked(value)
        except SubmissionFailure as failure:
            failure.function = self.__name__
            raise
        self._made[-1] = Call(self.__name__, args, kwargs, value, returned=True, after=after)
        return value, after

    def _checked(self, value: Any) -> Any:
        """The value, once it has as many parts as the exercise asks for."""
        names = self._returns
        if not names:
            return value
        if len(names) == 1:
            if isinstance(value, tuple):
                raise WrongReturn(
                    f"{self.__name__} has to return {names[0]} alone; it returned {describe_value(value)}"
                )
            if value is None:
                raise WrongReturn(f"{self.__name__} has to return {names[0]}; it returned None. Is there a return?")
            return value
        if not isinstance(value, tuple | list) or len(value) != len(names):
            wanted = f"{len(names)} values, ({', '.join(names)})"
            hint = ". Is there a return?" if value is None else ""
            raise WrongReturn(f"{self.__name__} has to return {wanted}; it returned {describe_value(value)}{hint}")
        return tuple(value)


class Submission:
    """A student's notebook, as a hidden test sees it: `submission.relu_forward(x)`."""

    def __init__(self, session: Calls, returns: Mapping[str, tuple[str, ...]]) -> None:
        self._session = session
        self._returns = returns
        self._made: list[Call] = []

    def __getattr__(self, name: str) -> RemoteFunction:
        if name.startswith("_"):
            raise AttributeError(name)
        return RemoteFunction(self._session, name, self._returns.get(name, ()), self._made)


def begin_calls(submission: Submission) -> None:
    """Forget the calls that were made so far."""
    submission._made.clear()  # noqa: SLF001 - an attribute without an underscore would be one of the student's functions


def begin_case(submission: Submission, seed: int) -> None:
    """Forget calls and objects of the case before, and seed what the functions draw."""
    begin_calls(submission)
    submission._session.begin_check(seed)  # noqa: SLF001


def code_again(submission: Submission, parameters: Mapping[str, Sequence[str]], function: str) -> str:
    """Code for the student's notebook that makes calls like the last ones of `function`.

    `parameters` names each function's arguments.
    """
    return write_code(submission._made, parameters, submission._returns, function)  # noqa: SLF001
