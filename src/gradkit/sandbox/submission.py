"""The `submission` of a hidden test: attributes are the student's functions, calls look local."""

from collections.abc import Mapping
from typing import Any

from gradkit.errors import WrongReturn
from gradkit.sandbox.session import Session
from gradkit.sandbox.words import describe_value


class RemoteFunction:
    """One function of a submission. Arguments go out as copies; data comes back."""

    def __init__(self, session: Session, name: str, returns: tuple[str, ...]) -> None:
        self.__name__ = name
        self._session = session
        self._returns = returns

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The function's value; a SubmissionFailure is raised where there is none.

        What the student's code does to its copy of an argument is not seen here.
        """
        value, _ = self._session.call(self.__name__, args, kwargs)
        return self._checked(value)

    def returning_arguments(self, *args: Any, **kwargs: Any) -> tuple[Any, tuple[Any, ...]]:
        """The function's value, and the positional arguments as they are in the student's process after the call."""
        value, after = self._session.call(self.__name__, args, kwargs, arguments=True)
        return self._checked(value), after

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

    def __init__(self, session: Session, returns: Mapping[str, tuple[str, ...]]) -> None:
        self._session = session
        self._returns = returns

    def __getattr__(self, name: str) -> RemoteFunction:
        if name.startswith("_"):
            raise AttributeError(name)
        return RemoteFunction(self._session, name, self._returns.get(name, ()))
