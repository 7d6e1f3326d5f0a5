"""One notebook of one student, from bytes to its result record."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TypeVar

from nbformat import NotebookNode

from gradkit.course import Assignment
from gradkit.errors import CourseError, GradingError, NotebookError
from gradkit.grading.diagnosis import NotebookDiagnostician
from gradkit.grading.serving import server_of
from gradkit.notebook import code_cells, parameters, read_notebook, read_once
from gradkit.pytest_plugin import HiddenTests, Subject, run_with_hidden_tests
from gradkit.results import CheckResult, NotebookResult, QuestionResult, score_question
from gradkit.sandbox.forkserver import ForkServer
from gradkit.sandbox.isolation import Isolation
from gradkit.sandbox.probing import Wanted, find_isolation
from gradkit.sandbox.session import Cell, CellFailure, Session
from gradkit.sandbox.submission import Submission

T = TypeVar("T")

MAX_PASSES = 2
"""Runs of a submission whose process ends in a call, before it is set aside."""


class Grader:
    """Grades notebooks of one assignment with hidden tests that were collected once.

    `sandbox` asks for an isolation by name; "auto" is the strongest of this machine. A `server` that has begun already saves
    the time until it is ready; the Grader closes it.
    """

    def __init__(
        self,
        assignment: Assignment,
        tests: HiddenTests,
        sandbox: Wanted | Isolation = "auto",
        server: ForkServer | None = None,
    ) -> None:
        self.isolation = find_isolation(sandbox)  # here, so that its absence is told once and not for every student
        self.assignment = assignment
        self._tests = tests
        self._releases: dict[str, NotebookNode] = {}
        self._server = server or server_of(assignment, self.isolation)
        self._signatures: dict[str, Mapping[str, tuple[str, ...]]] = {}
        self._diagnosticians = {
            notebook: NotebookDiagnostician(assignment, notebook) for notebook in assignment.notebooks
        }
        for notebook in assignment.notebooks:
            self._match_questions(notebook)

    def grade(self, notebook: str, raw: bytes, seed: str | None = None) -> NotebookResult:
        """Grade the bytes of one submitted notebook.

        The seed decides the inputs of the hidden tests and replays them; None draws a new one. What the student got
        wrong is in the record; so is, as `set_aside`, a notebook that can't be judged. SandboxError is raised when
        nothing can be graded on this machine.
        """
        seed = seed or secrets.token_hex(16)
        try:
            cells = self._cells(notebook, raw)
        except NotebookError as error:
            return self.set_aside(notebook, str(error), seed)
        for _ in range(MAX_PASSES):
            result, died = self._pass(notebook, cells, seed)
            if not died:
                return result
        return self.set_aside(notebook, f"its process ended in each of {MAX_PASSES} runs: {died}", seed)

    def _pass(self, notebook: str, cells: Sequence[Cell], seed: str) -> tuple[NotebookResult, str]:
        """Run the notebook and its hidden tests once: the result, and how the process ended where it did.

        The result of a pass whose process ended is worth nothing: the process is started again and so is the pass.
        """
        with Session(cells, self._server, self.assignment.settings.opaque_parts()) as session:
            submission = Submission(session, self.assignment.settings.returns)
            subject = Subject(submission, session, seed, self._parameters(notebook), session.limits.check_seconds)
            checks = self._tests.run(self.assignment.test_file(notebook), subject)
            message = _describe_failures(session.failures)
            troubles: list[str] = []
            questions = tuple(self._score(notebook, checks))
            died = session.died  # before the diagnosis, which takes no marks
            if not died:
                explain = self._diagnosticians[notebook].explain
                questions = tuple(explain(question, subject, troubles) for question in questions)
        return self._judge(notebook, questions, seed, message, troubles), died

    def _judge(
        self, notebook: str, questions: tuple[QuestionResult, ...], seed: str, message: str | None, troubles: list[str]
    ) -> NotebookResult:
        """The record of a pass; set aside where a check could not be judged."""
        faults = [check for question in questions for check in question.checks if check.status == "error"]
        if faults:
            aside = self.set_aside(notebook, f"the grader could not judge {_checks(len(faults))}", seed)
            return replace(aside, detail="; ".join([*map(_describe_fault, faults[:1]), *troubles]))
        return replace(self._record(notebook, questions, seed, message), detail="; ".join(troubles))

    def _score(self, notebook: str, checks: Mapping[str, Sequence[CheckResult]]) -> Iterable[QuestionResult]:
        return (
            score_question(question.grade_id, question.max_score, checks[question.grade_id])
            for question in self.assignment.questions_of(notebook)
            if not question.manual
        )

    def set_aside(self, notebook: str, message: str, seed: str = "") -> NotebookResult:
        """The record of a notebook that can't be judged: no marks, and the reason for a person."""
        maximum = sum(question.max_score for question in self.assignment.questions_of(notebook) if not question.manual)
        return NotebookResult(
            self.assignment.name, notebook, "set_aside", 0.0, maximum, (), seed, message, isolation=self.isolation.tier
        )

    def _record(
        self, notebook: str, questions: tuple[QuestionResult, ...], seed: str, message: str | None
    ) -> NotebookResult:
        return NotebookResult(
            assignment=self.assignment.name, notebook=notebook, status="graded",
            score=sum(question.score for question in questions),
            max_score=sum(question.max_score for question in questions),
            needs_manual_grade=tuple(q.grade_id for q in self.assignment.questions_of(notebook) if q.manual),
            seed=seed, message=message, questions=questions, isolation=self.isolation.tier,
        )  # fmt: skip

    def _cells(self, notebook: str, raw: bytes) -> list[Cell]:
        return [Cell(cell.label, cell.source) for cell in code_cells(read_once(raw), self._released(notebook))]

    def begin_anew(self) -> None:
        """In a copy of this process: begin a sandbox of its own."""
        self._server.begin_anew()

    def close(self) -> None:
        """End the sandbox."""
        self._server.close()

    def _parameters(self, notebook: str) -> Mapping[str, tuple[str, ...]]:
        if notebook not in self._signatures:
            self._signatures[notebook] = parameters(self._released(notebook))
        return self._signatures[notebook]

    def _released(self, notebook: str) -> NotebookNode:
        if notebook not in self._releases:
            self._releases[notebook] = read_notebook(self._released_bytes(notebook))
        return self._releases[notebook]

    def _released_bytes(self, notebook: str) -> bytes:
        path = self.assignment.release / f"{notebook}.ipynb"
        if not path.is_file():
            raise GradingError(
                f"release/{self.assignment.name}/{notebook}.ipynb is missing; run gradkit release {self.assignment.name}"
            )
        return path.read_bytes()

    def _match_questions(self, notebook: str) -> None:
        """Raise CourseError unless each graded cell has hidden tests, and the other way round."""
        file = self.assignment.test_file(notebook)
        tested = self._tests.questions(file)
        graded = {question.grade_id for question in self.assignment.questions_of(notebook) if not question.manual}
        place = f"autograder/{self.assignment.name}/{file.name}"
        for name in sorted(graded - set(tested)):
            raise CourseError(
                f'{place}: no hidden test for the graded cell "{name}"; add one with @pytest.mark.question("{name}")'
            )
        for name in sorted(set(tested) - graded):
            raise CourseError(
                f'{place}: question "{name}" is no graded cell of source/{self.assignment.name}/{notebook}.ipynb'
            )


def with_grader(
    assignment: Assignment,
    body: Callable[[Grader], T],
    *,
    sandbox: Wanted | Isolation = "auto",
    server: ForkServer | None = None,
) -> T:
    """Collect the assignment's hidden tests once and give a Grader to `body`; returns what it returns.

    `sandbox` and `server` are as for Grader. Raises CourseError when the hidden tests can't be collected or don't match the graded
    cells, and SandboxError when this machine can't isolate student code.
    """
    files = [assignment.test_file(notebook) for notebook in assignment.notebooks]
    for file in files:
        if not file.is_file():
            raise CourseError(
                f"autograder/{assignment.name}/{file.name} is missing; each notebook has its hidden tests there"
            )

    def run(tests: HiddenTests) -> T:
        with closing(Grader(assignment, tests, sandbox, server)) as grader:
            return body(grader)

    return run_with_hidden_tests(files, run)


def grade_notebook(
    assignment: Assignment, notebook: str, raw: bytes, *, seed: str | None = None, sandbox: Wanted = "auto"
) -> NotebookResult:
    """Grade one notebook; for more than one, `with_grader` collects the hidden tests only once."""
    return with_grader(assignment, lambda grader: grader.grade(notebook, raw, seed), sandbox=sandbox)


def _describe_failures(failures: tuple[CellFailure, ...]) -> str | None:
    if not failures:
        return None
    first = f"{failures[0].label} did not run to its end: {failures[0].reason}"
    more = len(failures) - 1
    return first + (f" (and {more} more cell{'s' if more > 1 else ''})" if more else "")


def _describe_fault(check: CheckResult) -> str:
    return f"the first: {check.id}: {check.message}"


def _checks(number: int) -> str:
    return "1 check" if number == 1 else f"{number} checks"
