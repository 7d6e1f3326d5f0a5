"""The known bugs of an assignment in; what is wrong with a submission's failed questions out."""

import hashlib
import io
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version

import numpy as np

from gradkit.bugs import Diagnostician, Findings, Memory, Probe, read_bugs, read_probes
from gradkit.course import Assignment, Course
from gradkit.notebook import answers_source, read_notebook
from gradkit.pytest_plugin import Subject, derive_seed
from gradkit.results import CheckResult, QuestionResult
from gradkit.sandbox.local import LocalSession
from gradkit.sandbox.submission import Submission, begin_case

CALL_SECONDS = 5.0
"""A call of the instructor's code that takes longer is stopped: an endless loop."""


class NotebookDiagnostician:
    """Names the known bugs in one notebook's questions. It gives no marks and takes none.

    What the probes see of the bugs is kept in the course's state folder, unless `keep` is false.
    """

    def __init__(self, assignment: Assignment, notebook: str, *, keep: bool = True) -> None:
        self._assignment, self._notebook, self._keep = assignment, notebook, keep
        self._diagnosticians: dict[str, Diagnostician] = {}

    def explain(self, question: QuestionResult, subject: Subject, troubles: list[str]) -> QuestionResult:
        """The question with its diagnoses, where it was failed and the student's code can be asked.

        A probe that breaks costs the diagnosis and nothing else; `troubles` gets what went wrong, for TAs.
        """
        if question.score == question.max_score or any(check.status != "failed" for check in _lost(question)):
            return question
        try:
            findings = self.diagnose(question.grade_id, subject)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a probe, the marks stand
            troubles.append(f"the probe of {question.grade_id} failed with {type(error).__name__}: {error}")
            return question
        return replace(question, diagnoses=findings.diagnoses, condition=findings.condition)

    def diagnose(self, question: str, subject: Subject) -> Findings:
        """What the probe of a question tells of a submission; nothing where the question has no probe."""
        if question not in self.probes:
            return Findings()
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):  # what a probe prints is nobody's business
            return self._diagnostician(question).diagnose(subject.submission, derive_seed(subject.seed, "probe"))

    def learn(self) -> int:
        """Find out what each known bug of the notebook does, where that is not known yet; how many there are."""
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            return sum(self._diagnostician(question).learn() for question in self.probes)

    def _diagnostician(self, question: str) -> Diagnostician:
        if question not in self._diagnosticians:
            seed = derive_seed("probe", self._assignment.name, question)
            bugs = read_bugs(self._assignment.bugs, question)
            self._diagnosticians[question] = Diagnostician(
                self.probes[question], self.reference, bugs, self.submission_of, seed,
                self._memory(question), function=question, begin_case=begin_case,
            )  # fmt: skip
        return self._diagnosticians[question]

    def submission_of(self, sources: Sequence[str]) -> Submission:
        """The instructor's code as a submission."""
        settings = self._assignment.settings
        return Submission(LocalSession(sources, CALL_SECONDS, settings.opaque_parts()), settings.returns)

    def _memory(self, question: str) -> Memory:
        if not self._keep:
            return Memory()
        digest = hashlib.sha256(f"{version('gradkit')} {np.__version__}".encode())
        for path in sorted(self._assignment.autograder.glob("*.py")):
            digest.update(path.read_bytes())
        folder = Course(self._assignment.course).state / "probes" / self._assignment.name
        return Memory(folder / question, digest.hexdigest())

    @cached_property
    def probes(self) -> dict[str, Probe]:
        """The notebook's probes by question."""
        return read_probes(self._assignment.probe_file(self._notebook))

    @cached_property
    def reference(self) -> str:
        """The source of the right answers."""
        path = self._assignment.source / f"{self._notebook}.ipynb"
        return answers_source(read_notebook(path.read_bytes()))


def _lost(question: QuestionResult) -> list[CheckResult]:
    return [check for check in question.checks if check.status != "passed"]
