"""The `submission` of a hidden test: attributes are the student's functions, calls look local."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from gradkit.errors import SubmissionFailure, WrongReturn
from gradkit.sandbox import wire
from gradkit.sandbox.again import Call, write_code
from gradkit.sandbox.planned import Asked, Outcome, Part
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

    def call_all(self, asked: Sequence[Asked]) -> list[Outcome]:
        """What comes of calls, in their order, up to the first that fails."""


class Conversation:
    """What one check has asked of a submission so far, and what it has planned to ask."""

    def __init__(self, session: Calls) -> None:
        self.session = session
        self.made: list[Call] = []
        self._planned: list[PlannedCall] = []

    def begin(self) -> None:
        """Forget the calls that were made or planned."""
        self.made.clear()
        self._planned.clear()

    def begin_case(self) -> None:
        """Forget the calls that were made, not those that are planned; those that need what a call has left are made first."""
        while any(call.needs_what_was_made() for call in self._planned):
            self.make_planned()
        self.made.clear()

    def plan(self, call: "PlannedCall") -> None:
        """Take a call that can be made with those planned before it."""
        self._planned.append(call)

    def plans(self, call: "PlannedCall") -> bool:
        """Whether a call is still to be made."""
        return call in self._planned

    def make_planned(self) -> None:
        """Make the calls that are planned, up to the first that fails; those after it stay planned."""
        waiting = [call for call in self._planned if not call.settle_with_its_parts()]
        if waiting:
            places = {id(call): place for place, call in enumerate(waiting)}
            outcomes = self.session.call_all([call.asked(places) for call in waiting])
            for call, outcome in zip(waiting, outcomes, strict=False):
                call.settle(outcome)
            waiting = waiting[len(outcomes) :]
        self._planned = waiting


class RemoteFunction:
    """One function of a submission. Arguments go out as copies; data comes back."""

    def __init__(self, conversation: Conversation, name: str, returns: tuple[str, ...]) -> None:
        self.__name__ = name
        self._conversation = conversation
        self._returns = returns

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
        self._conversation.make_planned()
        self._conversation.session.restart()
        return self(*args, **kwargs)

    def plan(self, *args: Any, **kwargs: Any) -> "PlannedCall":
        """A call that is made, with all that were planned before, when the value of one of them is asked for, or at the next call.

        `planned[1]`, part 1 of what the function will return, can be a positional argument of a call that is planned later.
        Arguments are copied when the call is made.
        """
        return self._plan(args, kwargs)

    def plan_returning_arguments(self, *args: Any, **kwargs: Any) -> "PlannedCall":
        """A planned call whose value is that of `returning_arguments`; a part of another call stays as that has returned it."""
        return self._plan(args, kwargs, arguments=True)

    def _plan(self, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, arguments: bool = False) -> "PlannedCall":
        if any(map(_hides_part, (*args, *kwargs.values()))) or any(
            isinstance(arg, PlannedPart) for arg in kwargs.values()
        ):
            raise TypeError(
                f"{self.__name__}: a part of a planned call can only be a positional argument, not stand in another"
            )
        planned = PlannedCall(self, self._conversation, Asked(self.__name__, args, kwargs, arguments))
        self._conversation.plan(planned)
        return planned

    def _call(
        self, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, arguments: bool = False
    ) -> tuple[Any, tuple[Any, ...]]:
        self._conversation.make_planned()
        made = self._conversation.made
        made.append(Call(self.__name__, args, kwargs))
        try:
            value, after = self._conversation.session.call(self.__name__, args, kwargs, arguments)
            value = self.checked(value)
        except SubmissionFailure as failure:
            failure.function = self.__name__
            raise
        made[-1] = Call(self.__name__, args, kwargs, value, returned=True, after=after)
        return value, after

    def checked(self, value: Any) -> Any:
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


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """Part `index` of what a planned call will return."""

    call: "PlannedCall"
    index: int


class PlannedCall:
    """A call that may not have been made yet: `value()` has it made, `planned[i]` stands for a part of what it returns."""

    def __init__(self, function: RemoteFunction, conversation: Conversation, asked: Asked) -> None:
        self.function, self._conversation, self._asked = function, conversation, asked
        self._args = asked.args
        self.outcome: Outcome | None = None
        self._told = False

    def __getitem__(self, index: int) -> PlannedPart:
        if type(index) is not int or index < 0:
            raise TypeError(f"parts of what a call will return have the numbers 0, 1, 2 and so on; {index!r} is none")
        return PlannedPart(self, index)

    def __iter__(self) -> Iterator[Any]:
        raise TypeError("a planned call has no parts before it is made; take apart its value()")

    def value(self) -> Any:
        """The function's value.

        Raises the SubmissionFailure of this call, or of the first that failed of those it needs; RuntimeError where it was not
        made before its check ended.
        """
        for arg in self._args:
            if isinstance(arg, PlannedPart):
                arg.call.value()
        while self.outcome is None:  # each turn makes one call at least
            if not self._conversation.plans(self):
                raise RuntimeError(
                    f"a call of {self.function.__name__} was planned in one check and asked for in another"
                )
            self._conversation.make_planned()
        value, after, failure = self.outcome.value, self.outcome.after, self.outcome.failure
        if not self._told:
            self._told = True
            args = tuple(_part(arg) if isinstance(arg, PlannedPart) else arg for arg in self._args)
            call = Call(self._asked.function, args, self._asked.kwargs, value, returned=failure is None, after=after)
            self._conversation.made.append(call)
        if failure is not None:
            raise failure
        return (value, after) if self._asked.arguments else value

    def needs_what_was_made(self) -> bool:
        """Whether an argument is a part of what a call has returned, which the student's process keeps for one case."""
        return any(isinstance(arg, PlannedPart) and arg.call.outcome is not None for arg in self._args)

    def settle_with_its_parts(self) -> bool:
        """Whether it needs not be made any more: it was, or what it needs will never be there."""
        for arg in self._args:
            if self.outcome is None and isinstance(arg, PlannedPart) and arg.call.outcome is not None:
                value, failure = arg.call.outcome.value, arg.call.outcome.failure
                if failure is None and not wire.has_part(value, arg.index):
                    name = arg.call.function.__name__
                    failure = WrongReturn(
                        f"{name} has to return {arg.index + 1} values or more; it returned {describe_value(value)}"
                    )
                    failure.function = name
                if failure is not None:
                    self.outcome, self._told = Outcome(failure=failure), True  # there was no call to tell of
        return self.outcome is not None

    def settle(self, outcome: Outcome) -> None:
        """Take what came of the call."""
        try:
            if outcome.failure is None:
                outcome = replace(outcome, value=self.function.checked(outcome.value))
        except SubmissionFailure as wrong:
            outcome = Outcome(failure=wrong)
        if outcome.failure is not None:
            outcome.failure.function = self.function.__name__
        self.outcome = outcome

    def asked(self, places: Mapping[int, int]) -> Asked:
        """The call as it is to be made among calls with these places, by their id."""

        def fill(arg: Any) -> Any:
            if not isinstance(arg, PlannedPart):
                return arg
            place = places.get(id(arg.call))
            return _part(arg) if place is None else Part(place, arg.index)

        return replace(self._asked, args=tuple(map(fill, self._args)))


def _hides_part(value: Any) -> bool:
    """Whether a part or a whole planned call stands inside a value, or a planned call in the place of one."""
    kind = type(value)
    if kind is not dict and kind is not list and kind is not tuple:
        return kind is PlannedCall
    return any(type(item) is PlannedPart or _hides_part(item) for item in (value.values() if kind is dict else value))


def _part(part: PlannedPart) -> Any:
    """The value that a part of a call that was made stands for."""
    assert part.call.outcome is not None
    return part.call.outcome.value[part.index]


class Submission:
    """A student's notebook, as a hidden test sees it: `submission.relu_forward(x)`."""

    def __init__(self, session: Calls, returns: Mapping[str, tuple[str, ...]]) -> None:
        self._conversation = Conversation(session)
        self._returns = returns

    def __getattr__(self, name: str) -> RemoteFunction:
        if name.startswith("_"):
            raise AttributeError(name)
        return RemoteFunction(self._conversation, name, self._returns.get(name, ()))


def asked_through(submission: Submission, session: Calls) -> Submission:
    """The same submission, with calls of its own that another session makes."""
    return Submission(session, submission._returns)  # noqa: SLF001 - an attribute without an underscore would be one of the student's functions


def begin_calls(submission: Submission) -> None:
    """Forget the calls that were made so far."""
    submission._conversation.begin()  # noqa: SLF001 - an attribute without an underscore would be one of the student's functions


def begin_case(submission: Submission, seed: int) -> None:
    """Forget calls and objects of the case before, and seed what the functions draw. Calls that are planned stay so."""
    submission._conversation.begin_case()  # noqa: SLF001
    submission._conversation.session.begin_check(seed)  # noqa: SLF001


def code_again(submission: Submission, parameters: Mapping[str, Sequence[str]], function: str) -> str:
    """Code for the student's notebook that makes calls like the last ones of `function`.

    `parameters` names each function's arguments.
    """
    return write_code(submission._conversation.made, parameters, submission._returns, function)  # noqa: SLF001
