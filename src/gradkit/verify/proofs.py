"""What a proof of an assignment found: frozen records, and what in them falls short."""

from collections.abc import Iterable
from dataclasses import dataclass

from gradkit.results import NotebookResult
from gradkit.verify.mutants import Mutant


@dataclass(frozen=True, slots=True)
class BugProof:
    """What became of one known bug: the first check that failed it, if any, and the names that the diagnosis gave."""

    question: str
    label: str
    name: str
    failed: str
    named: tuple[str, ...]
    trouble: str = ""

    @property
    def shortfall(self) -> str:
        if self.trouble:
            return self.trouble
        if not self.failed:
            return "no hidden test fails it; write one that does"
        if self.named != (self.name,):
            named = f"is named {', '.join(self.named)}" if self.named else "is not named"
            return f"it {named}; let the probe observe what tells it from others"
        return ""


@dataclass(frozen=True, slots=True)
class StyleProof:
    """What became of one right style: the checks that it did not pass."""

    question: str
    label: str
    lost: tuple[str, ...]

    @property
    def shortfall(self) -> str:
        return f"a right style loses marks: {self.lost[0]}" if self.lost else ""


@dataclass(frozen=True, slots=True)
class MutantProof:
    """One mutant of a question's solution, and whether a hidden test of the notebook failed it."""

    question: str
    mutant: Mutant
    killed: bool


@dataclass(frozen=True, slots=True)
class SeededRun:
    """One pass of a notebook's hidden tests over a right style with one seed, and the checks that failed it."""

    notebook: str
    label: str
    seed: str
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """All that `verify` found about an assignment."""

    assignment: str
    questions: tuple[tuple[str, str, float], ...]
    """Question, notebook and marks of each question that hidden tests decide."""
    solution: tuple[NotebookResult, ...]
    release: tuple[NotebookResult, ...]
    bugs: tuple[BugProof, ...]
    styles: tuple[StyleProof, ...]
    mutants: tuple[MutantProof, ...]
    runs: tuple[SeededRun, ...]

    @property
    def survivors(self) -> tuple[MutantProof, ...]:
        return tuple(proof for proof in self.mutants if not proof.killed)

    @property
    def shortfalls(self) -> tuple[str, ...]:
        """Each thing that is not as it has to be, in one line."""
        return (*self._of_marks(), *self._of_library(), *self._of_runs())

    def _of_marks(self) -> Iterable[str]:
        for what, results, full in (("solution", self.solution, True), ("release", self.release, False)):
            for result in results:
                if result.status != "graded":
                    yield f"{what}, {result.notebook}: set aside: {result.reason}"
                for question in result.questions:
                    wanted = question.max_score if full else 0.0
                    if question.score != wanted:
                        lost = next((check for check in question.checks if (check.status != "passed") == full), None)
                        which = f": {lost.id}: {lost.message or lost.status}" if lost else ""
                        yield f"{what}, {question.grade_id}: {question.score:g} of {question.max_score:g} marks{which}"

    def _of_library(self) -> Iterable[str]:
        for folder, proofs in (("bugs", self.bugs), ("styles", self.styles)):
            for proof in proofs:
                if proof.shortfall:
                    yield f"{folder}/{proof.question}/{proof.label}: {proof.shortfall}"

    def _of_runs(self) -> Iterable[str]:
        for run in self.runs:
            if run.failed:
                yield f"{run.notebook}, {run.label} with seed {run.seed}: a right answer fails {run.failed[0]}"
