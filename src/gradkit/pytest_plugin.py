"""Runs hidden tests: markers `question` and `points`, fixtures `submission` and `rng`, and what each check found.

pytest owns its loop, so `run_with_hidden_tests(files, body)` turns it inside out: `body` gets the tests, collected once
for the process, and makes one pass over them for each submission.
"""

import atexit
import hashlib
import os
import sysconfig
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal, TypeVar

import numpy as np
import pytest
from _pytest.runner import runtestprotocol

from gradkit.bugs.probes import neighbours
from gradkit.errors import CallTimedOut, CheckFailure, CourseError, SubmissionFailure
from gradkit.results import CheckResult, CheckStatus, Picture, read_picture
from gradkit.sandbox.alarm import TooLong, stopped_after
from gradkit.sandbox.session import Session
from gradkit.sandbox.side_by_side import Alone, run_side_by_side
from gradkit.sandbox.submission import Calls, Submission, asked_through, begin_calls, code_again

T = TypeVar("T")

_UNPACKING = ("cannot unpack non-iterable", "not enough values to unpack", "too many values to unpack")
SIDE_BY_SIDE = "side_by_side"
"""The marker of tests whose first planned calls may go to the student's process with those of others."""
_MESSAGE_LIMIT = 2000
_NOT_RUN: tuple[CheckStatus, str] = ("error", "the check did not run")


@dataclass(frozen=True, slots=True)
class Subject:
    """What the checks of one pass are about."""

    submission: Submission
    session: Calls
    seed: str
    parameters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Names of each function's arguments, for the code that shows a case again."""
    check_seconds: float | None = None
    """Processor time that one check may take in this process, calls not counted; None where the answers are trusted."""


class HiddenTests:
    """The collected tests; `run` makes one pass for one submission."""

    def __init__(self, session: pytest.Session, desk: "_Desk") -> None:
        self._session, self._desk = session, desk
        self._questions: dict[Path, dict[str, list[pytest.Item]]] = {}
        self._resolved: dict[Path, Path] = {}
        self._facts: dict[pytest.Item, _Facts] = {}
        plain = not _has_other_hooks(session.config)
        for item in session.items:
            question = question_of(item)
            self._questions.setdefault(item.path.resolve(), {}).setdefault(question, []).append(item)
            is_plain = plain and _asks_for_nothing_else(item)
            self._facts[item] = _Facts(
                question,
                title_of(item),
                points_of(item),
                is_plain,
                is_plain and bool(item.get_closest_marker(SIDE_BY_SIDE)),
            )

    def questions(self, file: Path) -> dict[str, list[pytest.Item]]:
        """The tests of one file by the question that they belong to, in the file's order."""
        if file not in self._resolved:
            self._resolved[file] = file.resolve()
        return self._questions.get(self._resolved[file], {})

    def run(self, file: Path, subject: Subject) -> dict[str, list[CheckResult]]:
        """Run the tests of one file; the results by question, `max_points` still being relative weights.

        In a sandbox, those that are marked `side_by_side` and ask pytest for nothing go first, all together.
        """
        questions = self.questions(file)
        found: dict[pytest.Item, CheckResult] = {}
        if isinstance(subject.session, Session):
            marked = [item for items in questions.values() for item in items if self._facts[item].is_side_by_side]
            found = self._run_side_by_side(marked, subject, subject.session)
        return {question: list(self._run_items(items, subject, found)) for question, items in questions.items()}

    def run_question(self, file: Path, question: str, subject: Subject) -> Iterator[CheckResult]:
        """Run the tests of one question as they are asked for, in the file's order."""
        return self._run_items(self.questions(file)[question], subject, {})

    def _run_items(
        self, items: Sequence[pytest.Item], subject: Subject, found: Mapping[pytest.Item, CheckResult]
    ) -> Iterator[CheckResult]:
        """The results of tests, which are run as they are asked for; but for those that are `found`."""
        others = [item for item in items if not self._facts[item].is_plain]
        following = dict(zip_longest(others, others[1:]))
        try:
            for item in items:
                yield found[item] if item in found else self._run_item(item, following.get(item), subject)
        finally:
            self._tear_down()  # where the rest was not asked for

    def _run_side_by_side(
        self, items: Sequence[pytest.Item], subject: Subject, session: Session
    ) -> dict[pytest.Item, CheckResult]:
        """Run tests that need not follow one another, each with calls and an outcome of its own."""
        desks = {item: _Desk(item, subject) for item in items}

        def check(desk: _Desk, calls: Calls) -> None:
            assert desk.subject is not None
            desk.subject = replace(subject, submission=asked_through(subject.submission, calls))
            desk.outcome, desk.picture = _NOT_RUN, None
            _run_plain(desk)

        def step(work: Callable[[], None]) -> None:
            with suppress(TooLong), stopped_after(subject.check_seconds, of_processor=True):
                work()

        with redirect_stdout(_NOWHERE), redirect_stderr(_NOWHERE):
            checks = [(_student_seed(item, subject), partial(check, desk)) for item, desk in desks.items()]
            run_side_by_side(session, checks, step)
        return {item: self._result(item, desk) for item, desk in desks.items()}

    def _tear_down(self) -> None:
        """End fixtures of modules and classes, as pytest does behind its last test."""
        with suppress(Exception):
            self._session._setupstate.teardown_exact(None)  # noqa: SLF001  # pytest has no other way in

    def _run_item(self, item: pytest.Item, following: pytest.Item | None, subject: Subject) -> CheckResult:
        subject.session.begin_check(_student_seed(item, subject))
        desk = self._desk
        desk.item, desk.subject, desk.picture, desk.outcome = item, subject, None, _NOT_RUN
        begin_calls(subject.submission)
        try:
            with (
                redirect_stdout(_NOWHERE),
                redirect_stderr(_NOWHERE),
                stopped_after(subject.check_seconds, of_processor=True),
            ):
                if self._facts[item].is_plain:
                    _run_plain(desk)
                else:
                    _renew(item)
                    runtestprotocol(item, log=False, nextitem=following)
        except TooLong:  # behind the check it may ring too
            self._tear_down()
        result = self._result(item, desk)
        begin_calls(subject.submission)
        return result

    def _result(self, item: pytest.Item, desk: "_Desk") -> CheckResult:
        """What was found of a test that has run."""
        assert desk.subject is not None
        status, message = desk.outcome
        facts, again = self._facts[item], ""
        if status in ("failed", "timed_out"):
            again = code_again(desk.subject.submission, desk.subject.parameters, facts.question)
        return CheckResult(
            item.name,
            facts.title,
            status,
            0.0,
            facts.points,
            message[:_MESSAGE_LIMIT],
            again,
            desk.picture,
        )


def _student_seed(item: pytest.Item, subject: Subject) -> int:
    """What the student's random generators begin with for a test."""
    return derive_seed(subject.seed, item.nodeid, "student") % 2**32


def _run_plain(desk: "_Desk") -> None:
    """Run a test that needs nothing of pytest but to be called, which is a tenth of what pytest does around a test."""
    item = desk.item
    assert isinstance(item, pytest.Function)
    assert desk.subject is not None
    submission = desk.subject.submission
    item.funcargs = {name: desk.rng() if name == "rng" else submission for name in item.fixturenames}
    try:
        if isinstance(item.parent, pytest.Class):
            item.obj = getattr(item.parent.newinstance(), item.originalname)  # type: ignore[no-untyped-call]
        item.ihook.pytest_pyfunc_call(pyfuncitem=item)
    except (KeyboardInterrupt, pytest.exit.Exception):
        raise
    except Alone:  # it is run again
        return
    except BaseException as error:  # noqa: BLE001  # it is judged
        desk.judge(error)
    else:
        desk.outcome = ("passed", "")


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known of a test before it runs; one that `is_plain` asks pytest for nothing."""

    question: str
    title: str
    points: float
    is_plain: bool
    is_side_by_side: bool


_AROUND_A_TEST = (
    "pytest_runtest_protocol", "pytest_runtest_logstart", "pytest_runtest_setup", "pytest_runtest_call",
    "pytest_runtest_teardown", "pytest_runtest_makereport", "pytest_runtest_logreport", "pytest_runtest_logfinish",
    "pytest_fixture_setup", "pytest_fixture_post_finalizer", "pytest_exception_interact",
)  # fmt: skip


def _has_other_hooks(config: pytest.Config) -> bool:
    """Whether a conftest.py of the instructor's has something done around each test."""
    found = (hook for name in _AROUND_A_TEST for hook in getattr(config.hook, name).get_hookimpls())
    return any(not hook.function.__module__.startswith(("_pytest.", __name__)) for hook in found)


def _asks_for_nothing_else(item: pytest.Item) -> bool:
    """Whether a test is a function or method with no fixtures but ours, no parameters, and no marker that decides if it runs."""
    if type(item) is not pytest.Function or hasattr(item, "callspec"):
        return False
    if any(item.get_closest_marker(name) for name in ("skip", "skipif", "xfail")):
        return False
    known = item._fixtureinfo.name2fixturedefs  # noqa: SLF001  # pytest has no other way to ask whose a fixture is
    return all(
        name in ("submission", "rng") and known[name][-1].func.__module__ == __name__ for name in item.fixturenames
    )


def _renew(item: pytest.Item) -> None:
    """Have a method run on a new instance of its class: pytest, which runs each test once, keeps the one that it has made."""
    if type(item) is pytest.Function and isinstance(item.parent, pytest.Class):
        for name in ("_obj", "_instance"):
            item.__dict__.pop(name, None)


def run_with_hidden_tests(files: Sequence[Path], body: Callable[[HiddenTests], T]) -> T:
    """Collect `files` and give the tests to `body`; its value, or its exception, is that of this function.

    Raises CourseError when a file can't be collected.
    """
    plugin = _Plugin(body)
    root = os.path.commonpath([path.parent for path in files])
    options = [
        "--assert=plain", "--import-mode=importlib", "--capture=no", "--strict-markers",
        "-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:faulthandler", "-p", "no:junitxml", "-p", "no:warnings",
        "-p", "no:unraisableexception", "-p", "no:threadexception",
        "-p", "no:logging", "-p", "no:doctest", "-p", "no:pastebin", "-p", "no:stepwise", "-p", "no:setuponly",
        "-p", "no:setupplan", "-p", "no:debugging", "-p", "no:legacypath",
        "--disable-plugin-autoload", "-c", os.devnull, f"--rootdir={root}", f"--confcutdir={root}",
    ]  # fmt: skip
    with _plain_environment(), neighbours(Path(root)):
        status = pytest.main([*options, *map(str, files)], plugins=[plugin])
    if plugin.raised is not None:
        raise plugin.raised
    if status == pytest.ExitCode.INTERRUPTED and not plugin.problems:  # by Ctrl-C, before there was anything to run
        raise KeyboardInterrupt
    if plugin.problems or not plugin.values:
        said = "; ".join(plugin.problems) or f"pytest ended with status {int(status)}"
        raise CourseError(f"{', '.join(path.name for path in files)}: the hidden tests can't be collected: {said}")
    value: T = plugin.values[0]
    return value


def question_of(item: pytest.Item) -> str:
    """The question that a test belongs to; raises CourseError when it has no marker."""
    if any(
        base.__module__.partition(".")[0] == "unittest" for base in getattr(getattr(item, "cls", None), "__mro__", ())
    ):
        raise CourseError(
            f"{item.nodeid}: a unittest.TestCase, whose failures can't be judged; write a function or a plain class"
        )
    marker = item.get_closest_marker("question")
    if marker is None or len(marker.args) != 1 or not isinstance(marker.args[0], str):
        raise CourseError(
            f'{item.nodeid}: no question; put @pytest.mark.question("<grade_id>") on the test or its class'
        )
    return str(marker.args[0])


def points_of(item: pytest.Item) -> float:
    """The relative weight of a test, 1 where it has no `points` marker."""
    marker = item.get_closest_marker("points")
    value = marker.args[0] if marker is not None and len(marker.args) == 1 else 1.0 if marker is None else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
        raise CourseError(f"{item.nodeid}: points are {value!r}; give a number that is 0 or more")
    return float(value)


def title_of(item: pytest.Item) -> str:
    """The first line of the test's docstring, or its name in words; parameters, which may be expected values, are left out."""
    doc = getattr(getattr(item, "obj", None), "__doc__", None) or ""
    name = str(getattr(item, "originalname", None) or item.name)
    return doc.strip().partition("\n")[0] or name.removeprefix("test_").replace("_", " ")


def derive_seed(*parts: str) -> int:
    """A seed of 128 bits from a sealed seed and names: the same for the same parts, without relation for others."""
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:16])


def judge(error: BaseException) -> tuple[CheckStatus, str]:
    """Status and message of a check that ended with `error`; "error" is the grader's fault, all else the student's."""
    if isinstance(error, CallTimedOut):
        return "timed_out", str(error)
    if isinstance(error, TooLong):
        return (
            "timed_out",
            "what your function returned could not be checked in time; is it far larger than it has to be?",
        )
    if isinstance(error, CheckFailure | SubmissionFailure):
        return "failed", str(error)
    if isinstance(error, pytest.fail.Exception):
        return "failed", str(error.msg or "the check did not hold")
    if isinstance(error, pytest.skip.Exception):
        return "not_run", str(error.msg or "the check was skipped")
    if isinstance(error, AssertionError):
        message = str(error).partition("\n")[0]
        told = message and not message.startswith("assert ") and not _is_of_a_library(error)
        return "failed", message if told else "the check did not hold"
    if isinstance(error, TypeError | ValueError) and str(error).startswith(_UNPACKING):
        return "failed", "the function returned another number of values than the exercise asks for"
    return "error", f"the check itself failed with {type(error).__name__}: {error}"


def _is_of_a_library(error: BaseException) -> bool:
    """Whether an assertion is not the instructor's own: a library's message may begin with all that was expected."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    file = Path(trace.tb_frame.f_code.co_filename) if trace is not None else Path()
    return any(file.is_relative_to(folder) for folder in _LIBRARIES)


_LIBRARIES = {Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
_NOWHERE = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # for as long as the process lives
atexit.register(_NOWHERE.close)


@dataclass(slots=True)
class _Desk:
    """The check that runs, whom it is about, and what was found. pytest asks a fixture that wants `request` many questions
    more, for each check.
    """

    item: pytest.Item | None = None
    subject: Subject | None = None
    outcome: tuple[CheckStatus, str] = ("error", "")
    picture: Picture | None = None

    def judge(self, error: BaseException, when: str = "call") -> None:
        """Keep what became of the check that ended with `error`; around a test, only the grader can be at fault."""
        status, message = judge(error)
        if isinstance(error, CheckFailure):
            self.picture = read_picture(error.picture)
        self.outcome = (status if when == "call" or status != "failed" else "error", message)

    def rng(self) -> np.random.Generator:
        """Random numbers of this check alone: the record's seed gives the same ones again."""
        assert self.subject is not None
        assert self.item is not None
        return np.random.default_rng(derive_seed(self.subject.seed, self.item.nodeid, "check"))


class _Plugin:
    """One pytest session: collects, hands over to `body` in place of pytest's own loop."""

    def __init__(self, body: Callable[[HiddenTests], Any]) -> None:
        self.body = body
        self._desk = _Desk()
        self.values: list[Any] = []
        self.raised: BaseException | None = None
        self.problems: list[str] = []

    def pytest_configure(self, config: pytest.Config) -> None:
        config.addinivalue_line("markers", "question(grade_id): the graded cell that a test or class belongs to")
        config.addinivalue_line("markers", "points(n): relative weight of a test within its question")
        config.addinivalue_line("markers", f"{SIDE_BY_SIDE}: the test needs nothing that another leaves behind")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems.append(report.longreprtext.strip().splitlines()[-1])

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if self.problems:
            return True
        try:
            self.values.append(self.body(HiddenTests(session, self._desk)))
        except BaseException as error:  # noqa: BLE001  # raised again outside of pytest
            self.raised = error
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: "pytest.CallInfo[None]") -> pytest.TestReport:
        """Keep what the check found; pytest's own report, whose traceback nobody reads, takes longer than the check."""
        if call.excinfo is not None:
            self._desk.judge(call.excinfo.value, call.when)
        elif call.when == "call":
            self._desk.outcome = ("passed", "")
        outcome: Literal["passed", "failed"] = "passed" if call.excinfo is None else "failed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)  # type: ignore[arg-type]

    @pytest.fixture
    def submission(self) -> Submission:
        """The student's functions."""
        assert self._desk.subject is not None
        return self._desk.subject.submission

    @pytest.fixture
    def rng(self) -> np.random.Generator:
        """Random numbers of this check alone: the record's seed gives the same ones again."""
        return self._desk.rng()

    @pytest.hookimpl(wrapper=True)
    def pytest_collection(self) -> Iterator[None]:
        """Files of hidden tests that print do it nowhere."""
        with redirect_stdout(_NOWHERE), redirect_stderr(_NOWHERE):
            return (yield)


@contextmanager
def _plain_environment() -> Iterator[None]:
    """pytest without what the caller's environment adds to it, and no warnings about a student's numbers."""
    names = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "CI", "BUILD_NUMBER", "PYTEST_DEBUG")
    saved = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.environ.update(saved)
