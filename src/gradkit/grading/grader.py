"""One notebook of one student, from bytes to its result record."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from gradkit.course import Assignment
from gradkit.errors import CourseError, GradingError, NotebookError
from gradkit.grading.diagnosis import NotebookDiagnostician
from gradkit.notebook import code_cells, parameters, read_notebook
from gradkit.pytest_plugin import HiddenTests, Subject, run_with_hidden_tests
from gradkit.results import CheckResult, NotebookResult, QuestionResult, score_question
from gradkit.sandbox.isolation import Surroundings, find_isolation
from gradkit.sandbox.limits import read_limits
from gradkit.sandbox.session import Cell, CellFailure, Session
from gradkit.sandbox.submission import Submission

T = TypeVar("T")


class Grader:
    """Grades notebooks of one assignment with hidden tests that were collected once."""

    def __init__(self, assignment: Assignment, tests: HiddenTests) -> None:
        find_isolation()  # where nothing can be isolated, nothing is graded, and not every student is to hear of it
        self.assignment = assignment
        self._tests = tests
        self._limits = read_limits(assignment.settings.limits, f"autograder/{assignment.name}/assignment.toml")
        self._surroundings = Surroundings(
            data_files=tuple(path for path in sorted(assignment.release.glob("*")) if _is_data(path)),
            forbidden_modules=assignment.settings.forbidden_imports,
            hidden=(assignment.course,),
        )
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
        with Session(cells, self._limits, self._surroundings) as session:
            submission = Submission(session, self.assignment.settings.returns)
            subject = Subject(submission, session, seed, self._parameters(notebook))
            checks = self._tests.run(self.assignment.test_file(notebook), subject)
            message = _describe_failures(session.failures)
            troubles: list[str] = []
            questions = tuple(
                self._diagnosticians[notebook].explain(question, subject, troubles)
                for question in self._score(notebook, checks)
            )
            isolation = session.isolation
        faults = [check for question in questions for check in question.checks if check.status == "error"]
        if faults:
            aside = self.set_aside(notebook, f"the grader could not judge {_checks(len(faults))}", seed)
            return replace(aside, isolation=isolation, detail="; ".join([*map(_describe_fault, faults[:1]), *troubles]))
        return replace(self._record(notebook, questions, seed, message, isolation), detail="; ".join(troubles))

    def _score(self, notebook: str, checks: Mapping[str, Sequence[CheckResult]]) -> Iterable[QuestionResult]:
        return (
            score_question(question.grade_id, question.max_score, checks[question.grade_id])
            for question in self.assignment.questions_of(notebook)
            if not question.manual
        )

    def set_aside(self, notebook: str, message: str, seed: str = "") -> NotebookResult:
        """The record of a notebook that can't be judged: no marks, and the reason for a person."""
        maximum = sum(question.max_score for question in self.assignment.questions_of(notebook) if not question.manual)
        return NotebookResult(self.assignment.name, notebook, "set_aside", 0.0, maximum, (), seed, message)

    def _record(
        self, notebook: str, questions: tuple[QuestionResult, ...], seed: str, message: str | None, isolation: str
    ) -> NotebookResult:
        return NotebookResult(
            assignment=self.assignment.name, notebook=notebook, status="graded",
            score=sum(question.score for question in questions),
            max_score=sum(question.max_score for question in questions),
            needs_manual_grade=tuple(q.grade_id for q in self.assignment.questions_of(notebook) if q.manual),
            seed=seed, message=message, questions=questions, isolation=isolation,
        )  # fmt: skip

    def _cells(self, notebook: str, raw: bytes) -> list[Cell]:
        released = read_notebook(self._released_bytes(notebook))
        return [Cell(cell.label, cell.source) for cell in code_cells(read_notebook(raw), released)]

    def _parameters(self, notebook: str) -> Mapping[str, tuple[str, ...]]:
        if notebook not in self._signatures:
            self._signatures[notebook] = parameters(read_notebook(self._released_bytes(notebook)))
        return self._signatures[notebook]

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


def with_grader(assignment: Assignment, body: Callable[[Grader], T]) -> T:
    """Collect the assignment's hidden tests once and give a Grader to `body`; returns what it returns.

    Raises CourseError when the hidden tests can't be collected or don't match the graded cells, and SandboxError when this
    machine can't isolate student code.
    """
    files = [assignment.test_file(notebook) for notebook in assignment.notebooks]
    for file in files:
        if not file.is_file():
            raise CourseError(
                f"autograder/{assignment.name}/{file.name} is missing; each notebook has its hidden tests there"
            )
    return run_with_hidden_tests(files, lambda tests: body(Grader(assignment, tests)))


def grade_notebook(assignment: Assignment, notebook: str, raw: bytes, *, seed: str | None = None) -> NotebookResult:
    """Grade one notebook; for more than one, `with_grader` collects the hidden tests only once."""
    return with_grader(assignment, lambda grader: grader.grade(notebook, raw, seed))


def _is_data(path: Path) -> bool:
    return path.is_file() and path.suffix != ".ipynb" and not path.name.startswith(".")


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
