"""One piece of an assignment's proof at a time: which bug, style, mutant or seed in, what became of it out.

All that is run here is the instructor's own: right answers, known bugs, styles and mutants. It runs in this process.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gradkit.bugs import KnownBug, read_bugs
from gradkit.course import Assignment, Question
from gradkit.grading.diagnosis import CALL_SECONDS, NotebookDiagnostician
from gradkit.pytest_plugin import HiddenTests, Subject, run_with_hidden_tests
from gradkit.results import CheckResult
from gradkit.sandbox.local import LocalSession
from gradkit.sandbox.submission import Submission
from gradkit.verify.mutants import make_mutants
from gradkit.verify.proofs import BugProof, MutantProof, SeededRun, StyleProof

SEED = "verify"

Found = BugProof | StyleProof | MutantProof | SeededRun


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work for one process: `kind` is bugs, styles, mutants or seeds; `part` of `parts` of it."""

    kind: str
    notebook: str
    question: str = ""
    part: int = 0
    parts: int = 1
    seeds: int = 0


def prove(assignment: Assignment, task: Task) -> list[Found]:
    """Do one task; raises CourseError where the hidden tests, the probe or the library can't be read."""
    file = assignment.test_file(task.notebook)
    return run_with_hidden_tests([file], lambda tests: _Prover(assignment, task, tests).run())


class _Prover:
    def __init__(self, assignment: Assignment, task: Task, tests: HiddenTests) -> None:
        self._assignment, self._task, self._tests = assignment, task, tests
        self._file = assignment.test_file(task.notebook)
        self._diagnosis = NotebookDiagnostician(assignment, task.notebook, keep=False)

    def run(self) -> list[Found]:
        kinds: dict[str, Callable[[], Iterator[Found]]] = {
            "bugs": self._bugs, "styles": self._styles, "mutants": self._mutants, "seeds": self._seeds,
        }  # fmt: skip
        return list(kinds[self._task.kind]())

    def _bugs(self) -> Iterator[BugProof]:
        for bug in read_bugs(self._assignment.bugs, self._task.question):
            try:
                failed, named, trouble = self._prove_bug(bug)
            except Exception as error:  # noqa: BLE001 - a file of the library or the probe breaks: that is the finding
                failed, named, trouble = "", (), f"{type(error).__name__}: {error}"
            yield BugProof(bug.question, bug.label, bug.name, failed, named, trouble)

    def _prove_bug(self, bug: KnownBug) -> tuple[str, tuple[str, ...], str]:
        subject = self._subject([self._reference, bug.source])
        first = next(filter(_is_lost, self._tests.run_question(self._file, bug.question, subject)), None)
        if bug.question not in self._diagnosis.probes:
            file = self._assignment.probe_file(self._task.notebook)
            return first.id if first else "", (), f"nothing names it; write probe_{bug.question} in {file.name}"
        named = tuple(found.bug for found in self._diagnosis.diagnose(bug.question, subject).diagnoses)
        return first.id if first else "", named, _fault(first)

    def _styles(self) -> Iterator[StyleProof]:
        question = self._task.question
        for path in style_files(self._assignment, question):
            yield StyleProof(question, path.stem, self._lost(path, SEED))

    def _mutants(self) -> Iterator[MutantProof]:
        question = self._task.question
        mutants = make_mutants(self._reference, [question]) if self._defines(question) else ()
        for mutant in mutants[self._task.part :: self._task.parts]:
            try:
                subject = self._subject([mutant.source])
            except Exception:  # noqa: BLE001 - a mutant that can't even be defined is dead
                yield MutantProof(question, mutant, killed=True)
                continue
            # what a function keeps for another shows in the other's tests
            order = [question, *(other for other in self._questions if other != question)]
            checks = (check for name in order for check in self._tests.run_question(self._file, name, subject))
            yield MutantProof(question, mutant, killed=any(map(_is_lost, checks)))

    def _seeds(self) -> Iterator[SeededRun]:
        styles = [None, *(path for question in self._questions for path in style_files(self._assignment, question))]
        for number in range(self._task.part, self._task.seeds, self._task.parts):
            path, seed = styles[number % len(styles)], f"{SEED}-{number}"
            label = path.stem if path else "the solution"
            yield SeededRun(self._task.notebook, label, seed, self._lost(path, seed))

    def _lost(self, path: Path | None, seed: str) -> tuple[str, ...]:
        """What a right answer, the file's or the solution, fails of the notebook's hidden tests."""
        sources = [self._reference] if path is None else [self._reference, path.read_text("utf-8")]
        try:
            subject = self._subject(sources, seed)
        except Exception as error:  # noqa: BLE001 - a style that does not run is no right answer
            return (f"it does not run: {type(error).__name__}: {error}",)
        checks = (check for found in self._tests.run(self._file, subject).values() for check in found)
        return tuple(f"{check.id}: {check.message}" for check in checks if _is_lost(check))

    def _subject(self, sources: Sequence[str], seed: str = SEED) -> Subject:
        session = LocalSession(sources, CALL_SECONDS, self._assignment.settings.opaque_parts())
        return Subject(Submission(session, self._assignment.settings.returns), session, seed)

    def _defines(self, question: str) -> bool:
        return callable(LocalSession([self._reference]).namespace.get(question))

    @property
    def _reference(self) -> str:
        return self._diagnosis.reference

    @cached_property
    def _questions(self) -> list[str]:
        return [question.grade_id for question in decided(self._assignment, self._task.notebook)]


def decided(assignment: Assignment, notebook: str) -> list[Question]:
    """The questions of a notebook that hidden tests decide."""
    return [question for question in assignment.questions_of(notebook) if not question.manual]


def style_files(assignment: Assignment, question: str) -> list[Path]:
    """The right styles of a question, sorted by name."""
    return sorted((assignment.styles / question).glob("*.py"))


def _is_lost(check: CheckResult) -> bool:
    return check.status != "passed"


def _fault(check: CheckResult | None) -> str:
    if check is None or check.status != "error":
        return ""
    return f"the check {check.id} itself failed: {check.message}"
